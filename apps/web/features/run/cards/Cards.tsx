'use client'

import type { RunView } from '../types.ts'

export function Cards({ run }: { run: RunView }) {
  return run.state.questions.length === 0 ? null : <p>{run.state.questions.length}</p>
}
