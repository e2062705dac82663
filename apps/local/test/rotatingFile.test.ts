import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rotatingFile } from '../start/rotatingFile.ts'

test('the log keeps the newest lines and never outgrows its bound', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errand-log-'))
  const log = rotatingFile(join(folder, 'errand.log'), { maxBytes: 100, onLost: () => {} })
  for (let n = 0; n < 200; n++) log.write(`line ${String(n).padStart(3, '0')}\n`)
  const files = readdirSync(folder).toSorted()
  expect(files).toEqual(['errand.log', 'errand.log.1', 'errand.log.2', 'errand.log.3'])
  for (const file of files) expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(100)
  const kept = files.toReversed().flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
  expect(kept.at(-1)).toBe('line 199')
  expect(kept).toEqual(
    Array.from({ length: kept.length }, (_, n) => `line ${String(200 - kept.length + n).padStart(3, '0')}`),
  )
  rmSync(folder, { recursive: true })
})
