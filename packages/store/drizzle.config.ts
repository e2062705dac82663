import { defineConfig } from 'drizzle-kit'

/** `drizzle-kit generate` in this folder writes the next migration after `schema.ts` was changed. */
export default defineConfig({ dialect: 'postgresql', schema: './schema.ts', out: './migrations', casing: 'snake_case' })
