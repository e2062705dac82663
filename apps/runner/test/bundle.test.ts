import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { NO_BOOT_EXIT } from '@errand/contracts'
import { expect, test } from 'vitest'
import { runnerBundle } from './bundle.ts'

test('what goes into a sandbox is small: no schema library, no database driver, and nothing that makes it start slowly', async () => {
  const text = await readFile(await runnerBundle(), 'utf8')
  const imports = [...text.matchAll(/^(?:import|\} from).*"([^"]+)";$/gm)].map(([, name]) => name ?? '')
  expect(imports.length).toBeGreaterThan(10)
  expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([])
  // See http.ts.
  expect(imports).not.toContain('node:http')
  expect(text).not.toContain('node_modules/')
  expect(text.length).toBeLessThan(250_000)
})

test('a runner whose starter is gone before its boot line came says so by its exit code, for nothing has begun', async () => {
  const runner = spawn(process.execPath, [await runnerBundle()], { stdio: ['pipe', 'ignore', 'ignore'] })
  runner.stdin.end('{"gateway":')
  const [code] = (await once(runner, 'exit')) as [number]
  expect(code).toBe(NO_BOOT_EXIT)
})
