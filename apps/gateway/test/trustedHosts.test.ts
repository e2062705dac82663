import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quietLog, testFolder } from '@errand/testkit'
import { expect, test } from 'vitest'
import { askTrustedHosts } from '../egress/trustedHosts.ts'

/** A machine whose package managers answer like this; each is a real program. */
async function machine(programs: Readonly<Record<string, string>>) {
  const folder = join(await testFolder('machine'), 'bin')
  await mkdir(folder)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, name), 0o755)
  }
  return { log: quietLog(), signal: new AbortController().signal, env: { PATH: folder } }
}

const npm = `echo '{"registry":"https://npm.example/","@acme:registry":"https://npm.acme.example:8443/x/","cache":"/tmp/a.b","//npm.example/:_authToken":"(protected)"}'`
const pipWith = (settings: string) =>
  `case "$*" in "-m pip config list") ${settings};; *) echo "https://pip.example/simple files.pip.example";; esac`

test('the hosts that the machine’s package managers are set to, each once', async () => {
  const programs = {
    npm,
    python3: pipWith('echo "global.timeout=\'5\'"'),
    go: `printf 'https://go.example,https://npm.example|direct\\nsum.example+abc https://sums.example/db\\n'`,
    gem: `printf '*** CURRENT SOURCES ***\\n\\nhttps://gems.example/\\n'`,
  }
  expect(await askTrustedHosts(await machine(programs))).toEqual([
    'files.pip.example',
    'gems.example',
    'go.example',
    'npm.acme.example:8443',
    'npm.example',
    'pip.example',
    'sums.example',
  ])
})

test('pip’s own default is left out when the machine is set to another index', async () => {
  const python3 = pipWith(
    `echo "global.index-url='https://mirror.example/simple'"; echo ":env:.extra-index-url='https://a.example/s https://b.example/s'"`,
  )
  expect(await askTrustedHosts(await machine({ python3 }))).toEqual(['a.example', 'b.example', 'mirror.example'])
})

test('a manager that is missing, fails or talks nonsense adds nothing and hides no other', async () => {
  const programs = { npm, python3: 'exit 1', go: 'printf "off\\noff\\n"', gem: 'echo "/no/address here"' }
  expect(await askTrustedHosts(await machine(programs))).toEqual(['npm.acme.example:8443', 'npm.example'])
})
