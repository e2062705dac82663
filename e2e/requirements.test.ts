import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { REQUIREMENTS } from './requirements.ts'

it('every requirement is cited by a scenario', () => {
  const folder = join(import.meta.dirname, 'local')
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  const uncited = Object.keys(REQUIREMENTS).filter((requirement) => !text.includes(`'${requirement}'`))
  expect(uncited).toEqual([])
})
