import type { RunEventBody, StepName } from '@errand/contracts'
import type { Paint } from './paint.ts'
import { duration, oneLine } from './text.ts'

const NAMES: Record<StepName, string> = {
  sandbox: 'sandbox',
  wall: 'wall proven',
  clone: 'cloned',
  inputs: 'input files',
  setup: 'setup command',
  agent: 'agent done',
  verify: 'verify',
  collect: 'artifacts',
}
const NAME_WIDTH = 14

/** `✓ clone          0.4 s  local/demo`. */
export function stepLine(name: string, isOk: boolean, ms: number | null, detail: string, paint: Paint): string {
  const mark = isOk ? paint.green('✓') : paint.red('✗')
  const time = (ms === null ? '' : duration(ms)).padStart(8)
  const words = oneLine(detail)
  return `${mark} ${name.padEnd(NAME_WIDTH)} ${time}${words === '' ? '' : `  ${isOk ? paint.dim(words) : words}`}`
}

/** The sandbox step has no event of its own: it lasts from the admission to the runner's first word. */
export function sandboxLines(
  s: { readonly admittedAt: string | null; readonly limits: string | null },
  at: string,
  paint: Paint,
): readonly string[] {
  const ms = s.admittedAt === null ? null : Math.max(0, Date.parse(at) - Date.parse(s.admittedAt))
  return [stepLine(NAMES.sandbox, true, ms, s.limits ?? '', paint)]
}

export function stepFinished(body: Extract<RunEventBody, { type: 'step.finished' }>, paint: Paint): readonly string[] {
  // `verify.finished` has the command and the exit code, so it is the line; the sandbox has its own.
  if (body.step === 'sandbox' || body.step === 'verify') return []
  return [stepLine(NAMES[body.step], body.ok, body.ms, body.detail ?? '', paint)]
}
