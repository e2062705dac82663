import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Installation } from '../harness/installation.ts'
import { proves } from '../requirements.ts'

describe('the doctor', () => {
  let errand: Installation

  beforeAll(async () => {
    errand = await Installation.make()
    await errand.start()
  })
  afterAll(() => errand.remove())

  it(proves('wall-proven'), async () => {
    const { code, stdout } = await errand.errand(['doctor'])
    expect(stdout).not.toMatch(/✗/)
    expect(code).toBe(0)
    expect(stdout.split('\n').filter((line) => line.includes('✓')).length).toBeGreaterThan(10)
  })
})
