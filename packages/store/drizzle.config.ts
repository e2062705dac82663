import { defineConfig } from 'drizzle-kit'

/** `drizzle-kit generate` in this folder writes the next migration after a schema was changed. */
export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './schema.ts',
    './schema/auth.ts',
    './schema/config.ts',
    './schema/grants.ts',
    './schema/mcp.ts',
    './schema/instances.ts',
    './schema/pulls.ts',
    './schema/registry.ts',
    './schema/sandboxes.ts',
  ],
  out: './migrations',
  casing: 'snake_case',
})
