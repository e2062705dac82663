import { readFile } from 'node:fs/promises'
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
