import { faultWire } from '@errand/contracts'
import { describe, expect, test } from 'vitest'
import { CliError, EXIT } from '../exit.ts'
import { painter } from '../format/paint.ts'
import { explain } from './explain.ts'

const said = (error: unknown) => explain(error, painter(false))
const wire = (code: Parameters<typeof faultWire>[0], httpStatus: number, detail?: string) => ({
  data: { fault: faultWire(code, detail), httpStatus },
})

describe('every failure is said in words, with what to do, and an exit code to act on', () => {
  test('a refusal of the server', () => {
    expect(said(wire('prompt.empty', 400))).toEqual({
      lines: ['✗ The prompt is empty.', '→ Say in a sentence what should be done.'],
      exit: EXIT.usage,
    })
    expect(said(wire('yaml.invalid', 400, 'line 3: spec.modle is not known')).lines[0]).toBe(
      '✗ The YAML does not fit. line 3: spec.modle is not known',
    )
  })

  const exits = {
    'a wrong token': [wire('auth.invalid', 401), EXIT.unreachable],
    'a server that stops': [wire('service.stopping', 503), EXIT.unreachable],
    'a server that broke': [wire('internal.error', 500), EXIT.failed],
    'nobody who answers': [
      new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }),
      EXIT.unreachable,
    ],
    'the same, wrapped by the RPC client': [
      new Error('x', { cause: new CliError(EXIT.unreachable, 'Errand does not answer.') }),
      EXIT.unreachable,
    ],
    'a file that is not there': [Object.assign(new Error(), { code: 'ENOENT', path: 'a.md' }), EXIT.usage],
    'anything else': [new Error('bug'), EXIT.failed],
  } as const
  test.each(Object.entries(exits))('%s', (_, [error, exit]) => {
    expect(said(error).exit).toBe(exit)
  })
})
