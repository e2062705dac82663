import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { ensureDemoRepository } from '../demo/ensureDemoRepository.ts'

const run = promisify(execFile)
const searchPath = process.env['PATH'] ?? ''
const folder = await mkdtemp(join(tmpdir(), 'errand-demo-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const git = async (repository: string, ...args: string[]) =>
  (await run('git', ['-C', repository, ...args])).stdout.trim()

describe('the demo repository', () => {
  it('is the same on every machine', async () => {
    const [a, b] = [join(folder, 'a.git'), join(folder, 'b.git')]
    await ensureDemoRepository(a, { searchPath })
    await ensureDemoRepository(b, { searchPath })
    expect(await git(a, 'rev-parse', 'main')).toBe(await git(b, 'rev-parse', 'main'))
    expect(await git(a, 'log', '--format=%an <%ae>', 'main')).toMatch(/^(Errand demo <demo@errand\.invalid>\n?){3}$/)
  })

  it('is left alone once it is there', async () => {
    const path = join(folder, 'kept.git')
    await ensureDemoRepository(path, { searchPath })
    await git(path, 'update-ref', 'refs/heads/main', 'main~1')
    const before = await git(path, 'rev-parse', 'main')
    await ensureDemoRepository(path, { searchPath })
    expect(await git(path, 'rev-parse', 'main')).toBe(before)
  })

  it('has one failing test, and leaves nothing of its making behind', async () => {
    const path = join(folder, 'c.git')
    await ensureDemoRepository(path, { searchPath })
    expect(await readdir(path)).not.toContain('index-of-the-demo')
    const clone = join(folder, 'clone')
    await run('git', ['clone', '--quiet', path, clone])
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const tests = await run(process.execPath, ['--test', '--test-reporter=tap'], { cwd: clone, env }).catch(
      (error: { code: number; stdout: string }) => error,
    )
    expect(tests).toMatchObject({ code: 1, stdout: expect.stringContaining('# pass 4\n# fail 1\n') as string })
  })
})
