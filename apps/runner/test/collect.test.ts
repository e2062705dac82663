import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { git, temporaryFolder, tryGit } from '@errand/testkit'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'
import { aRepository, startWorld, type World } from './world.ts'

let run: RunnerAtWork | undefined
let world: World | undefined
afterEach(async () => {
  await run?.close()
  await world?.close()
  run = undefined
  world = undefined
})

const script = (text: string) => ({ kind: 'script', script: text }) as const
const notes = (done: RunnerAtWork) =>
  done.gateway.bodies().flatMap((body) => (body.type === 'note.raised' ? [`${body.code ?? ''}: ${body.words}`] : []))
const names = (done: RunnerAtWork) => [...done.gateway.artifacts.keys()]

/** The patch, put onto a fresh clone of what the run started from. Gives that clone's folder. */
async function applied(done: RunnerAtWork, bare: string): Promise<{ tree: string; remove: () => Promise<void> }> {
  const folder = await temporaryFolder()
  const tree = join(folder.path, 'fresh')
  await git(['clone', '--quiet', '--branch', 'main', bare, tree])
  await writeFile(join(folder.path, 'demo.patch'), done.gateway.artifacts.get('demo.patch')?.bytes ?? '')
  await git(['apply', '--index', '../demo.patch'], { cwd: tree })
  return { tree, remove: folder.remove }
}

describe('the artifacts folder', () => {
  test('links are named and left out, wherever they point; everything else comes', async () => {
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          `cd "$ERRAND_ARTIFACTS"; echo ok > fine.txt; ln -s /etc/passwd passwd; ln -s fine.txt inner; ln -s /etc etc; ln -s .. up; mkfifo pipe; mkdir sub; echo deep > sub/deep.csv; ln -s ../../../../etc/passwd sub/climb`,
        ),
      }),
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual(['fine.txt', 'sub/deep.csv'])
    expect(notes(run).toSorted()).toEqual(
      [
        'etc (a link)',
        'inner (a link)',
        'passwd (a link)',
        'pipe (not a regular file)',
        'sub/climb (a link)',
        'up (a link)',
      ].map((name) => `artifact.unsafe: Left out of the artifacts: ${name}.`),
    )
  })

  test('a link in place of the folder brings nothing', async () => {
    run = await startRunner({
      spec: aSpec({ runtime: script('rmdir "$ERRAND_ARTIFACTS"; ln -s /etc "$ERRAND_ARTIFACTS"') }),
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual([])
    expect(notes(run)).toEqual(['artifact.unsafe: Left out of the artifacts: artifacts (not a folder).'])
  })

  test('names with newlines, Unicode and bytes that are no text stay apart and whole', async () => {
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          `cd "$ERRAND_ARTIFACTS"; echo 1 > $'new\\nline.txt'; echo 2 > 'naïve ☃ 字.txt'; echo 3 > $'bad\\xff.txt'; echo 4 > '..%2f..%2fx?&=#.txt'; echo 5 > -rf`,
        ),
      }),
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run).toSorted()).toEqual(
      ['-rf', '..%2f..%2fx?&=#.txt', 'bad\\xff.txt', 'naïve ☃ 字.txt', 'new\nline.txt'].toSorted(),
    )
    expect(run.gateway.artifacts.get('new\nline.txt')?.bytes.toString()).toBe('1\n')
  })

  test('what is too large is named and left out, without being read; the others still come', async () => {
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          'cd "$ERRAND_ARTIFACTS"; truncate -s 2G huge.bin; echo ok > ok.txt; head -c 3000000 /dev/zero > refused.bin',
        ),
      }),
      maxArtifactBytes: 2_000_000,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual(['ok.txt'])
    expect(notes(run)).toEqual([
      'artifact.too-large: huge.bin has 2,048 MiB; an artifact may have 9.5 MiB.',
      'artifact.too-large: refused.bin: The artifact is larger than the limit.',
    ])
  })

  test('more files than a run may leave: the first come, and one note says how many did not', async () => {
    run = await startRunner({
      spec: aSpec({
        runtime: script('cd "$ERRAND_ARTIFACTS"; for i in $(seq -w 10); do echo $i > $i.txt; done'),
        maxArtifacts: 4,
      }),
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual(['01.txt', '02.txt', '03.txt', '04.txt'])
    expect(notes(run)).toEqual([': A run may leave 4 files; 6 more were left out. Put them into an archive.'])
  })
})

describe('the changes in a repository', () => {
  test('5,000 files, binary ones and strange names: the patch holds all, and applies', async () => {
    world = await startWorld()
    const bare = await world.create('demo')
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          `mkdir d; for i in $(seq 5000); do echo "file $i" > d/$i.txt; done; head -c 300000 /dev/urandom > image.bin; echo x > $'new\\nline ☃.txt'; git rm -q README.md`,
        ),
        repositories: [aRepository()],
      }),
      git: world.host,
    })
    expect(await lastWord(run, 30_000)).toMatchObject({
      status: 'succeeded',
      sentence: 'The script finished and changed 5003 files in demo.',
    })
    const { tree, remove } = await applied(run, bare)
    expect(await git(['write-tree'], { cwd: tree })).toBe(await git(['rev-parse', 'errand/run1^{tree}'], { cwd: bare }))
    await remove()
  })

  test('a repository without commits starts from nothing', async () => {
    world = await startWorld()
    const bare = await world.create('demo', [])
    run = await startRunner({
      spec: aSpec({ runtime: script('echo first > first.txt'), repositories: [aRepository()] }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(run.gateway.bodies().find((body) => body.type === 'changes.collected')?.changes).toMatchObject({
      commits: 1,
      files: 1,
      base: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    })
    expect(await git(['show', 'errand/run1:first.txt'], { cwd: bare })).toBe('first')
  })

  test('commits on another branch, a rewritten history and a merge left open lose nothing', async () => {
    world = await startWorld()
    const bare = await world.create('demo', [{ 'a.txt': '1\n' }, { 'a.txt': '2\n' }])
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          `git checkout -q -b side HEAD~1; echo side > a.txt; git commit -qam side; git merge main >/dev/null 2>&1; git merge origin/main; echo more > b.txt; true`,
        ),
        repositories: [aRepository()],
      }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(await git(['show', 'errand/run1:b.txt'], { cwd: bare })).toBe('more')
    expect(await git(['show', 'errand/run1:a.txt'], { cwd: bare })).toContain('side')
  })

  test('an edit of the same length in the second of the clone is not taken for none', async () => {
    world = await startWorld()
    const bare = await world.create('demo', [{ 'a.txt': 'one\n' }])
    const second = 'touch -d @1700000000'
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          `${second} a.txt; git update-index --refresh; ${second} .git/index; echo two > a.txt; ${second} a.txt`,
        ),
        repositories: [aRepository()],
      }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(await git(['show', 'errand/run1:a.txt'], { cwd: bare })).toBe('two')
  })

  test('several repositories each have their own patch and branch; one that did not change has none', async () => {
    world = await startWorld()
    for (const name of ['demo', 'other', 'quiet']) await world.create(name)
    run = await startRunner({
      spec: aSpec({
        runtime: script('echo 1 > one.txt; echo 2 > ../other/two.txt'),
        repositories: [aRepository(), aRepository('other'), aRepository('quiet')],
      }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual(['demo.patch', 'demo.branch.json', 'other.patch', 'other.branch.json'])
  })

  test('a push that is refused fails the run with git’s words; the patch is there', async () => {
    world = await startWorld()
    await world.create('demo')
    world.host.answerWith({
      status: 403,
      text: 'A run may push only to its own branches.',
      service: 'git-receive-pack',
    })
    run = await startRunner({
      spec: aSpec({ runtime: script('echo 1 > one.txt'), repositories: [aRepository()] }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({
      status: 'failed',
      code: 'repository.push-failed',
      detail: expect.stringContaining('A run may push only') as string,
    })
    expect(names(run)).toEqual(['demo.patch'])
  })

  test('a push on which the way breaks is made again', async () => {
    world = await startWorld()
    await world.create('demo')
    world.host.answerWith({ status: 503, text: 'Starting again.', service: 'git-receive-pack', times: 2 })
    run = await startRunner({
      spec: aSpec({ runtime: script('echo 1 > one.txt'), repositories: [aRepository()] }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual(['demo.patch', 'demo.branch.json'])
  })

  test('a repository whose .git the agent removed is named, and the run does not break', async () => {
    world = await startWorld()
    await world.create('demo')
    run = await startRunner({
      spec: aSpec({
        runtime: script('rm -rf .git; echo kept > "$ERRAND_ARTIFACTS/kept.txt"'),
        repositories: [aRepository()],
      }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(names(run)).toEqual(['kept.txt'])
    expect(notes(run)[0]).toContain('The work in demo cannot be read')
  })
})

describe('cloning', () => {
  const cases = {
    'a branch that does not exist': {
      repository: { ...aRepository(), branch: 'nope' },
      last: { code: 'repository.branch-missing', detail: 'demo has no branch nope.' },
    },
    'a repository that does not exist': {
      repository: aRepository('missing'),
      last: { code: 'repository.clone-failed', detail: expect.stringContaining('not found') as string },
    },
  }
  test.each(Object.entries(cases))('%s ends the run with words', async (_, { repository, last }) => {
    world = await startWorld()
    await world.create('demo')
    run = await startRunner({ spec: aSpec({ repositories: [repository] }), git: world.host })
    expect(await lastWord(run)).toMatchObject({ status: 'failed', ...last })
  })

  test('the remote’s own words reach the person', async () => {
    world = await startWorld()
    await world.create('demo')
    world.host.answerWith({ status: 403, text: 'This run may not use that repository.' })
    run = await startRunner({ spec: aSpec({ repositories: [aRepository()] }), git: world.host })
    expect(await lastWord(run)).toMatchObject({
      status: 'failed',
      code: 'repository.clone-failed',
      detail: expect.stringContaining('This run may not use that repository.') as string,
    })
  })

  test('a branch is checked out as asked, under the run’s own name, and the address in .git/config is the real one', async () => {
    world = await startWorld()
    const bare = await world.create('demo', [{ 'a.txt': 'main\n' }])
    await git(['branch', 'topic', 'main'], { cwd: bare })
    run = await startRunner({
      spec: aSpec({
        runtime: script(
          'git branch --show-current; git config remote.origin.url; git ls-remote --heads origin | wc -l; git config user.email',
        ),
        repositories: [{ ...aRepository(), branch: 'topic' }],
      }),
      git: world.host,
    })
    expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
    expect(run.gateway.artifacts.get('output.log')?.bytes.toString()).toBe(
      'errand/run1\nerrand://local/demo\n2\nerrand@localhost\n',
    )
    expect((await tryGit(['rev-parse', 'errand/run1'], { cwd: bare })).code).not.toBe(0)
  })
})

test('input files come under safe names, whole', async () => {
  const bytes = Buffer.from('input bytes')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const input = (name: string) => ({ name, sha256, sizeBytes: bytes.length })
  run = await startRunner({
    spec: aSpec({
      inputs: [input('notes.md'), input('../../etc/passwd'), input('notes.md')],
      runtime: script('cat inputs/notes.md; echo; ls inputs; pwd'),
    }),
    inputs: new Map([[sha256, bytes]]),
  })
  expect(await lastWord(run)).toMatchObject({ status: 'succeeded' })
  expect(run.gateway.artifacts.get('output.log')?.bytes.toString()).toBe(
    `input bytes\n2-notes.md\nnotes.md\npasswd\n${run.workspace}\n`,
  )
})
