import { newId } from '@errand/contracts'
import { expect, test } from 'vitest'
import { isOfUse } from './isOfUse.ts'

const orgId = newId('org', new Date(0))
const spec = { image: null, cpus: 1, memoryMib: 512, diskMib: 512 }
const wanted = [
  { orgId, shape: 'of-now', spec },
  { orgId, shape: 'of-before', spec },
]
const isCurrent = ({ shape }: { readonly shape: string }) => shape === 'of-now'
const made = (shape: string, secondsAgo: number) =>
  isOfUse({ orgId, shape, createdAt: new Date(-secondsAgo * 1000) }, { wanted, isCurrent, now: 0 })

test('a warm sandbox of another configuration goes, though its shape was wanted lately', () => {
  expect(made('of-now', 3600)).toBe(true)
  expect(made('of-before', 61)).toBe(false)
  expect(made('of-nobody', 1)).toBe(false)
  expect(made('of-before', 30), 'what the other controller has just made, while both are there').toBe(true)
})
