import type { DoctorCheck } from '@errand/surfaces'
import type { Paint } from './paint.ts'
import { oneLine } from './text.ts'

/** A heading, and each check with what was tried and what happened. */
export function checkLines(title: string, checks: readonly DoctorCheck[], paint: Paint): readonly string[] {
  const lines = checks.flatMap(({ name, ok, tried, happened }) => [
    `  ${ok ? paint.green('✓') : paint.red('✗')} ${name}`,
    `      ${paint.dim('tried')}     ${oneLine(tried)}`,
    `      ${paint.dim('happened')}  ${oneLine(happened)}`,
  ])
  const told = lines.length === 0 ? ['  nothing was tried: no sandbox could be started'] : lines
  return ['', paint.bold(title), ...told]
}
