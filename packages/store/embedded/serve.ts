/**
 * PostgreSQL as the one process of a container: `node packages/store/embedded/serve.ts DATA PASSWORD_FILE`. It makes the
 * database at its first start and listens on every address; who may come is the cluster's to say, and the password's.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CLEAN_ENV } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { DATABASE, OWNER } from './place.ts'
import { smallMachineSettings } from './settings.ts'

/** Several processes with a pool each, and room for one more of each during an upgrade. */
const OVER = { max_connections: '200', shared_buffers: '128MB', listen_addresses: '*', unix_socket_directories: '' }
const FROM_EVERYWHERE = '\nhost all all all scram-sha-256\n'

const [, , data = '', passwordFile = ''] = process.argv
const binaries = await findBinaries()
await made(binaries)
const settings = Object.entries({ ...smallMachineSettings(binaries.major), ...OVER })
const args = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
const postgres = spawn(binaries.postgres, ['-D', data, ...args], { stdio: 'inherit', env: CLEAN_ENV })
// Fast: open transactions are rolled back. By itself it would wait until everybody has gone.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => postgres.kill('SIGINT'))
const [code] = (await once(postgres, 'exit')) as [number | null]
process.exitCode = code ?? 1

/** A cluster appears under its name only when it is complete. */
async function made({ initdb, postgres: program, major }: Binaries): Promise<void> {
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null && Number(version) !== major)
    throw new Error(`the data in ${data} was written by PostgreSQL ${version.trim()}, this is ${major}`)
  if (version !== null) return
  const unfinished = `${data}.new`
  await rm(unfinished, { recursive: true, force: true })
  await ran(initdb, [
    ...[`--pgdata=${unfinished}`, `--username=${OWNER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
  ])
  await appendFile(join(unfinished, 'pg_hba.conf'), FROM_EVERYWHERE)
  await ran(program, ['--single', '-D', unfinished, 'postgres'], `create database ${DATABASE}\n`)
  await rename(unfinished, data)
}

async function ran(program: string, given: readonly string[], input = ''): Promise<void> {
  const child = spawn(program, given, { stdio: ['pipe', 'inherit', 'inherit'], env: CLEAN_ENV })
  child.stdin.end(input)
  const [exit] = (await once(child, 'exit')) as [number | null]
  if (exit !== 0) throw new Error(`${program} ended with ${exit}`)
}
