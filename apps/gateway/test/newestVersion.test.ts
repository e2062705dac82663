import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addPastedServer, packageToFindSchema, readPastedServers } from '@errand/engine'
import { quietLog, testFolder } from '@errand/testkit'
import { afterEach, expect, test, vi } from 'vitest'
import { newestVersion } from '../hosted/newestVersion.ts'
import { startLiveGateway } from './support/liveGateway.ts'

afterEach(() => void vi.unstubAllEnvs())

/** A machine whose package managers answer like this; each is a real program, and keeps what it was asked. */
async function machine(programs: Readonly<Record<string, string>>) {
  const folder = join(await testFolder('machine'), 'bin')
  await mkdir(folder)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "$*" >"${folder}/asked"\n${script}\n`)
    await chmod(join(folder, name), 0o755)
  }
  vi.stubEnv('PATH', folder)
  return { log: quietLog(), asked: () => readFile(join(folder, 'asked'), 'utf8') }
}

test('the newest version is what the machine’s own package manager says', async () => {
  const npm = await machine({ npm: `echo '"2026.8.31"'` })
  expect(await newestVersion({ registry: 'npm', name: '@acme/mcp' }, npm)).toBe('2026.8.31')
  expect(await npm.asked()).toMatch(/^view --json .*-- @acme\/mcp version\n$/)
  const pip = await machine({ python3: `printf 'mcp-server (1.2.0rc1)\nAvailable versions: 1.2.0rc1, 1.1\n'` })
  expect(await newestVersion({ registry: 'pypi', name: 'mcp-server[cli]' }, pip)).toBe('1.2.0rc1')
  expect(await pip.asked()).toMatch(/^-m pip index versions .* mcp-server\n$/)
})

test('what names no version is shown and added with the newest, unless a person writes another', async () => {
  const live = await startLiveGateway()
  await machine({ npm: `echo '"2.0.1"'` })
  try {
    const { owner, engine } = live
    const pasted = { text: 'npx -y @acme/mcp', isToken: false }
    const [draft] = await readPastedServers(owner, pasted, engine)
    expect(draft?.inputs).toEqual([expect.objectContaining({ id: 'version', value: '2.0.1' })])
    const add = async (name: string, values: Readonly<Record<string, string>>) =>
      (await addPastedServer(owner, { ...pasted, pick: 'acme', name, values, isPrivate: false }, engine)).spec
    expect(await add('newest', {})).toMatchObject({ package: { name: '@acme/mcp', version: '2.0.1' } })
    expect(await add('older', { version: '1.0.0' })).toMatchObject({ package: { version: '1.0.0' } })
    const [odd] = await readPastedServers(owner, { ...pasted, text: 'npx --package -foo acme' }, engine)
    expect(odd?.inputs.map(({ id, value }) => [id, value])).toEqual([['version', undefined]])
    vi.stubEnv('PATH', '/nowhere')
    await expect(add('unknown', {})).rejects.toMatchObject({ code: 'input.invalid', detail: 'Version is needed.' })
  } finally {
    await live.close()
  }
})

test('none is known where the program is missing, fails or talks nonsense', async () => {
  const wanted = { registry: 'npm', name: 'mcp' } as const
  for (const programs of [{}, { npm: 'exit 1' }, { npm: 'echo \'["1.0.0"]\'' }, { npm: 'echo no' }])
    expect(await newestVersion(wanted, await machine(programs))).toBeNull()
  const pip = await machine({ python3: 'echo "ERROR: No matching distribution found for mcp"; exit 1' })
  expect(await newestVersion({ registry: 'pypi', name: 'mcp' }, pip)).toBeNull()
})

test.each([
  ['npm', '--registry=http://127.0.0.1:9'],
  ['npm', 'file:../secrets'],
  ['npm', 'github:acme/mcp'],
  ['npm', 'https://else.example/mcp.tgz'],
  ['npm', '../mcp'],
  ['pypi', '-r/etc/passwd'],
  ['pypi', 'mcp @ https://else.example/mcp.whl'],
  ['pypi', './mcp'],
])('what is no name of a package is asked of nobody (%s %s)', (registry, name) => {
  expect(packageToFindSchema.safeParse({ registry, name }).success).toBe(false)
})
