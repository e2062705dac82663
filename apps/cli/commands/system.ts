import { spawn } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { ROOT } from '../config.ts'
import { connect, connectTo } from '../connection/errand.ts'
import type { Cli } from '../context.ts'
import { CliError, EXIT, type ExitCode } from '../exit.ts'
import { checkLines } from '../format/checks.ts'
import { oneLine } from '../format/text.ts'
import { readSecret } from '../secret.ts'

/** The same as `npm start`. */
export async function up(this: Cli): Promise<ExitCode> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/bootstrap.mjs'), 'start'], { stdio: 'inherit', cwd: ROOT })
  // A Ctrl-C of the terminal reaches both of us; it is the server's to act on.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  return (code ?? EXIT.failed) as ExitCode
}

/** Remembers an Errand elsewhere. The token is tried before it is kept, in a file that only this user can read. */
export async function login(this: Cli, _flags: object, url: string): Promise<ExitCode> {
  const address = url.replace(/\/+$/, '')
  if (!URL.canParse(address) || !/^https?:/.test(address))
    throw new CliError(EXIT.usage, `${url} is not an address.`, 'errand login https://errand.example.org')
  const token = await readSecret(this, `API token of ${address} (not shown)`)
  const { actor } = await connectTo({ address, token }).api.system.info.query()
  const { loginFile } = this.config
  await mkdir(dirname(loginFile), { recursive: true, mode: 0o700 })
  await writeFile(`${loginFile}.new`, `${JSON.stringify({ address, token })}\n`, { mode: 0o600 })
  await rename(`${loginFile}.new`, loginFile)
  this.out.say(`Logged in at ${address} as ${oneLine(actor.name)}.`)
  return EXIT.ok
}

/** A new link that makes whoever opens it first the owner, for who is locked out. The ones before it are dead. */
export async function claimLink(this: Cli): Promise<ExitCode> {
  const { api } = connect(this.config)
  const { token } = await api.account.createClaimLink.mutate()
  const { address } = await api.system.info.query()
  // A passkey belongs to a name, not to a number.
  const seen = address.replace(/^http:\/\/(127\.0\.0\.1|\[::1\])(?=:|$)/, 'http://localhost')
  this.out.say('Open this once to sign in anew. It works one time, for a day; it ends every other session.')
  this.out.print(`${seen}/claim#${token}`)
  return EXIT.ok
}

/** What the machine can do, and the wall of a sandbox tried from inside. Exit code 1 when anything is not as it should be. */
export async function doctor(this: Cli, { cluster }: { cluster: boolean }): Promise<ExitCode> {
  const { paint } = this.out
  const { api } = connect(this.config)
  const isOnCluster = (await api.system.info.query()).runsOn === 'cluster'
  if (cluster && !isOnCluster)
    throw new CliError(
      EXIT.usage,
      'The sandboxes of this Errand live on its machine and not on a cluster.',
      'Ask the one on the cluster (`errand login URL`), or start this one with ERRAND_EXECUTOR=kubernetes.',
    )
  this.out.say(paint.dim(`Starting a ${isOnCluster ? 'pod' : 'sandbox'} and trying to get out of it…`))
  const report = await api.system.doctor.mutate()
  this.out.print(...checkLines(isOnCluster ? 'This cluster' : 'This machine', report.machine, paint))
  this.out.print(...checkLines(`The wall, from inside a ${isOnCluster ? 'pod' : 'sandbox'}`, report.boundary, paint))
  const isFine = report.isIsolated && [...report.machine, ...report.boundary].every(({ ok }) => ok)
  this.out.print(
    '',
    report.isIsolated
      ? 'Sandboxes are isolated here.'
      : paint.red('This machine cannot isolate sandboxes: only the demo agent runs.'),
  )
  return isFine ? EXIT.ok : EXIT.failed
}

export async function showSettings(this: Cli, flags: { json: boolean }): Promise<ExitCode> {
  const settings = await connect(this.config).api.settings.get.query()
  if (flags.json) this.out.print(JSON.stringify({ type: 'settings', ...settings }))
  else for (const [name, value] of Object.entries(settings)) this.out.print(`${name} = ${JSON.stringify(value)}`)
  return EXIT.ok
}

/** `set maxLiveRuns 4`, `set trustedHosts a.example,b.example`, `set retentionDays.events 30`. */
export async function changeSetting(this: Cli, _flags: object, name: string, value: string): Promise<ExitCode> {
  const { api } = connect(this.config)
  const [field = '', part] = name.split('.')
  const before: unknown = Reflect.get(await api.settings.get.query(), field)
  if (before === undefined)
    throw new CliError(EXIT.usage, `There is no setting ${field}.`, 'See them with `errand settings`.')
  const parsed = Array.isArray(before)
    ? value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : parseValue(value)
  const after = part === undefined ? parsed : { ...(before as object), [part]: parsed }
  const settings = await api.settings.set.mutate({ [field]: after })
  this.out.print(`${field} = ${JSON.stringify(Reflect.get(settings, field))}`)
  return EXIT.ok
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A bare word is itself.
    return text
  }
}

export async function version(this: Cli): Promise<ExitCode> {
  const { version: own } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  this.out.print(`errand ${own}`)
  return EXIT.ok
}
