import { describe, expect, test } from 'vitest'
import { pushRefusals, refuseWhole } from './pushPolicy.ts'

const ZERO = '0'.repeat(40)
const ID = 'a'.repeat(40)
const update = (ref: string, newId = ID) => ({ oldId: ZERO, newId, ref })
const BRANCH = 'errand/fix-1'
const OUTSIDE = 'a run may push only errand/fix-1 and branches below it'

const cases: Record<string, { ref: string; newId?: string; refused: string | null }> = {
  'its own branch': { ref: 'refs/heads/errand/fix-1', refused: null },
  'a branch below its own': { ref: 'refs/heads/errand/fix-1/part-2', refused: null },
  'the default branch': { ref: 'refs/heads/main', refused: OUTSIDE },
  'a branch that only begins alike': { ref: 'refs/heads/errand/fix-10', refused: OUTSIDE },
  'the folder above its own': { ref: 'refs/heads/errand', refused: OUTSIDE },
  'another case': { ref: 'refs/heads/Errand/fix-1', refused: OUTSIDE },
  'a way out of its own': { ref: 'refs/heads/errand/fix-1/../../main', refused: OUTSIDE },
  'an empty part': { ref: 'refs/heads/errand/fix-1//x', refused: OUTSIDE },
  'a trailing slash': { ref: 'refs/heads/errand/fix-1/', refused: OUTSIDE },
  'a control character': { ref: 'refs/heads/errand/fix-1/a\u0007', refused: OUTSIDE },
  'a lock file': { ref: 'refs/heads/errand/fix-1/x.lock', refused: OUTSIDE },
  'a tag': { ref: 'refs/tags/v1', refused: 'a run may not push tags' },
  'a note': { ref: 'refs/notes/commits', refused: OUTSIDE },
  'a pull request ref': { ref: 'refs/for/main', refused: OUTSIDE },
  HEAD: { ref: 'HEAD', refused: OUTSIDE },
  'deleting its own branch': { ref: 'refs/heads/errand/fix-1', newId: ZERO, refused: 'a run may not delete branches' },
  'deleting in SHA-256': {
    ref: 'refs/heads/errand/fix-1',
    newId: '0'.repeat(64),
    refused: 'a run may not delete branches',
  },
  'deleting the default branch': { ref: 'refs/heads/main', newId: ZERO, refused: OUTSIDE },
}

describe('a run pushes', () => {
  test.each(Object.entries(cases))('%s', (_, { ref, newId, refused }) => {
    expect(pushRefusals([update(ref, newId)], BRANCH)).toEqual([refused])
  })

  test('nothing of a push of which one part is refused, and each part hears why', () => {
    expect(refuseWhole([update('refs/heads/errand/fix-1'), update('refs/heads/main')], BRANCH)).toEqual([
      { ref: 'refs/heads/errand/fix-1', reason: 'refused together with the rest of this push' },
      { ref: 'refs/heads/main', reason: OUTSIDE },
    ])
  })

  test('several of its branches at once, and the empty probe that comes before a large push', () => {
    expect(refuseWhole([update('refs/heads/errand/fix-1/a'), update('refs/heads/errand/fix-1/b')], BRANCH)).toBeNull()
    expect(refuseWhole([], BRANCH)).toBeNull()
  })
})
