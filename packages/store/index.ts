export * from './database.ts'
export * from './embedded/startPostgres.ts'
export * from './channels.ts'
export * from './rows.ts'
