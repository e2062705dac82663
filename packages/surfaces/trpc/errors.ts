import { Fault, type FaultCode, FAULTS, faultWire, type FaultWire, toFault } from '@errand/contracts'
import type { TRPCDefaultErrorShape, TRPCError } from '@trpc/server'
import * as z from 'zod'
import type { TrpcContext } from './context.ts'

/** The one way from a thrown error to a fault on this surface. */
export function faultOf(error: TRPCError): Fault {
  const { cause } = error
  if (cause instanceof Fault) return cause
  if (cause instanceof z.ZodError) return new Fault('input.invalid', inputDetail(cause), { cause })
  const code = FAULT_OF_TRPC[error.code]
  return code === undefined ? toFault(cause ?? error) : new Fault(code, undefined, { cause: error })
}

/** What tRPC itself refuses before a procedure is reached. */
const FAULT_OF_TRPC: Partial<Record<TRPCError['code'], FaultCode>> = {
  NOT_FOUND: 'path.unknown',
  METHOD_NOT_SUPPORTED: 'path.unknown',
  PARSE_ERROR: 'input.invalid',
  BAD_REQUEST: 'input.invalid',
  UNSUPPORTED_MEDIA_TYPE: 'input.invalid',
  UNPROCESSABLE_CONTENT: 'input.invalid',
  PAYLOAD_TOO_LARGE: 'request.too-large',
}

/**
 * The error as it leaves: the fault's words, its HTTP status and the fault itself in `data.fault`. The message and the
 * stack of an unexpected error stay inside.
 */
export function errorShape({
  error,
  shape,
  ctx,
}: {
  error: TRPCError
  shape: TRPCDefaultErrorShape
  ctx: TrpcContext | undefined
}) {
  const fault = faultOf(error)
  const wire: FaultWire =
    fault.code === 'internal.error' && ctx !== undefined
      ? faultWire(fault.code, `The request id is ${ctx.requestId}.`)
      : fault.toWire()
  const { code, path } = shape.data
  return {
    message: wire.words,
    code: shape.code,
    data: { code, httpStatus: FAULTS[fault.code].http, fault: wire, ...(path === undefined ? {} : { path }) },
  }
}

function inputDetail(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
}
