export { type AppRouter, appRouter } from './trpc/router.ts'
export type { TrpcContext } from './trpc/context.ts'
export { faultOf } from './trpc/errors.ts'
export type { DoctorCheck, DoctorReport, SystemInfo, SystemPort } from './trpc/system.ts'
