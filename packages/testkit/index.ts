export * from './clock.ts'
export * from './poll.ts'
export * from './postgres.ts'
export * from './quietLog.ts'
