import type { RunEvent } from '@errand/contracts'
import type { Row } from './row.ts'

export function newRow({ seq, at }: RunEvent, shown: Partial<Row> & Pick<Row, 'kind' | 'verb'>): Row {
  return {
    seq,
    at: Date.parse(at),
    tone: '',
    target: '',
    result: '',
    added: null,
    removed: null,
    ms: null,
    isRunning: false,
    input: '',
    output: '',
    more: [],
    lane: [],
    ...shown,
  }
}
