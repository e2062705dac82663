import { nameSchema } from '@errand/contracts'
import { expect, test } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { fillDraft } from './fillDraft.ts'
import { namedInputs } from './serverDraft.ts'

const ways = CATALOGUE.flatMap((entry) =>
  entry.ways.map((way) => [`${entry.id}: ${way.way ?? 'the one way'}`, way] as const),
)

test('every entry is there once', () => {
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length)
})

test.each(ways)('%s can be filled in, or says why not', (_, way) => {
  expect(nameSchema.safeParse(way.name).success).toBe(true)
  const named = namedInputs(JSON.stringify(way.spec))
  expect(named.toSorted()).toEqual(way.inputs.map(({ id }) => id).toSorted())
  const values = Object.fromEntries(way.inputs.map((input) => [input.id, input.value ?? input.choices?.[0] ?? 'x:y']))
  const filled = fillDraft(way, { name: way.name, values })
  expect(filled.kind).toBe(way.signIn === 'refused' ? 'incomplete' : 'filled')
})
