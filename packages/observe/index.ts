export * from './logger.ts'
export * from './secret.ts'
