import { temporaryFolder } from '@errand/testkit'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { artifactOf, followed } from '../harness/runs.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

describe('bad input', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld()
    await world.gitHost.create('acme/app.git', [{ 'README.md': 'app\n' }])
    await world.gitHost.create('acme/empty.git')
  })
  afterAll(() => world.close())

  const repo = (name = 'app') => `${world.gitHost.url}/acme/${name}.git`
  const shell = (script: string, ...args: string[]) => followed(world.errand, [script, '--agent', 'shell', ...args])

  const REFUSED: Record<string, { args: readonly string[]; input?: string; says: RegExp }> = {
    'an empty prompt': { args: ['run', '   '], says: /prompt is empty/i },
    'a prompt of 1 MB': { args: ['run', '-'], input: 'x'.repeat(2 ** 20), says: /prompt is larger/i },
    'an unknown agent': { args: ['run', 'go', '--agent', 'nobody'], says: /no agent with this name/ },
    'an unknown local repository': { args: ['run', 'go', '--repo', 'nowhere'], says: /no such repository/ },
    'a repository address with a password in it': {
      args: ['run', 'go', '--repo', 'https://a:b@example.org/x.git'],
      says: /repositor/i,
    },
    'a path instead of a repository': { args: ['run', 'go', '--repo', 'local/../../etc'], says: /repositor/i },
    'a file address': { args: ['run', 'go', '--repo', 'file:///etc'], says: /repositor/i },
    'a budget below zero': { args: ['run', 'go', '--budget', '-1'], says: /budget/i },
    'an input file that is not there': { args: ['run', 'go', '--input', '/nonexistent'], says: /cannot be read/ },
    'an unknown run': { args: ['watch', 'run00000000000000000000000000'], says: /no run with this id/ },
    'YAML that is none': { args: ['apply', '--file', '-'], input: 'kind: [Agent', says: /line 1/ },
    'YAML with a wrong type': {
      args: ['apply', '--file', '-'],
      input: 'kind: Agent\nname: x\nspec:\n  runtime: script\n  memoryMib: much\n',
      says: /line 5.*memoryMib/s,
    },
  }
  for (const [what, { args, input, says }] of Object.entries(REFUSED)) {
    it(proves('bad-input', what), async () => {
      const { code, stdout, stderr } = await world.errand.errand(args, input === undefined ? {} : { input })
      expect(stderr + stdout).toMatch(says)
      expect(code).toBe(2)
    })
  }

  it(proves('bad-input', 'a wrong token'), async () => {
    const { code, stderr } = await world.errand.errand(['runs'], {
      env: { ERRAND_URL: world.errand.url, ERRAND_TOKEN: 'ert_wrong' },
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(/token/)
  })

  it(proves('bad-input', 'a repository without commits works, and gets its first branch'), async () => {
    const { outcome } = await shell('echo hello > hello.txt', '--repo', repo('empty'))
    expect(outcome).toMatchObject({
      status: 'succeeded',
      changes: [{ branch: expect.stringMatching(/^errand\//), files: 1 }],
    })
  })

  it(proves('bad-input', 'a wrong git credential is named'), async () => {
    world.gitHost.answerWith({ status: 401, text: 'bad credentials' })
    const { outcome } = await shell('true', '--repo', repo())
    world.gitHost.answerWith(null)
    expect(outcome).toMatchObject({ status: 'failed', code: 'repository.clone-failed' })
    expect(outcome.detail).toMatch(/credential/)
  })

  it(proves('bad-input', 'a patch of 5,000 files, binary files, names with newlines and Unicode'), async () => {
    const script = [
      'for i in $(seq 1 5000); do echo "$i" > "file-$i.txt"; done',
      'head -c 300000 /dev/urandom > picture.bin',
      "printf x > $'new\\nline.txt'",
      'printf x > "früh 🌅.txt"',
      'cp "früh 🌅.txt" "$ERRAND_ARTIFACTS/"',
      'cp $\'new\\nline.txt\' "$ERRAND_ARTIFACTS/"',
    ].join('; ')
    const { outcome } = await shell(script, '--repo', repo())
    expect(outcome).toMatchObject({ status: 'succeeded', changes: [{ files: 5003 }] })
    const patch = await must(world.errand, ['artifacts', 'get', artifactOf(outcome, /\.patch$/).id])
    expect(patch).toContain('file-5000.txt')
    expect(patch).toContain('GIT binary patch')
    const names = outcome.artifacts.map(({ name }) => name)
    expect(names).toContain('früh 🌅.txt')
    expect(names.some((name) => name.includes('line.txt'))).toBe(true)
  })

  it(proves('bad-input', 'a 2 GB artifact is refused in words and the others are kept'), async () => {
    const { outcome, events } = await shell(
      'truncate -s 2G "$ERRAND_ARTIFACTS/huge.bin"; echo ok > "$ERRAND_ARTIFACTS/small.txt"',
      '--no-repo',
    )
    expect(outcome.artifacts.map(({ name }) => name)).toContain('small.txt')
    expect(outcome.artifacts.map(({ name }) => name)).not.toContain('huge.bin')
    const note = events.find((event) => event.type === 'note.raised' && event.code === 'artifact.too-large')
    expect(JSON.stringify(note)).toContain('huge.bin')
  })

  it(proves('bad-input', 'links out of the workspace are not followed'), async () => {
    const script =
      'cd "$ERRAND_ARTIFACTS"; ln -s /etc/passwd stolen.txt; ln -s /etc etc; mkdir -p real; ln -s ../../../../etc/hostname real/up; echo ok > ok.txt'
    const { outcome, events } = await shell(script, '--no-repo')
    expect(outcome.artifacts.filter(({ kind }) => kind === 'file').map(({ name }) => name)).toEqual(['ok.txt'])
    const notes = events.filter((event) => event.type === 'note.raised' && event.code === 'artifact.unsafe')
    expect(JSON.stringify(notes)).toContain('stolen.txt')
  })

  it(proves('bad-input', 'an input file larger than the limit is refused'), async () => {
    const folder = await temporaryFolder('errand-huge')
    onTestFinished(folder.remove)
    const path = join(folder.path, 'huge.bin')
    await writeFile(path, '')
    const file = await open(path, 'r+')
    await file.truncate(3 * 2 ** 30)
    await file.close()
    const { code, stderr } = await world.errand.errand(['run', 'go', '--agent', 'shell', '--no-repo', '--input', path])
    expect(code).toBe(2)
    expect(stderr).toMatch(/larger than the limit/)
  })

  it(proves('bad-input', 'a path that climbs is no address'), async () => {
    const authorization = `Bearer ${await world.errand.token()}`
    for (const path of [
      '/artifacts/..%2f..%2fkeys%2fvault.json',
      '/git/local/..%2f..%2fkeys/info/refs',
      '/inputs?name=../x',
    ]) {
      const answer = await fetch(world.errand.url + path, { headers: { authorization } })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }
  })
})
