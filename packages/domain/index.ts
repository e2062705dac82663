export * from './run/plan.ts'
export * from './run/reduce.ts'
export * from './run/state.ts'
