/** `node stdio.ts`: the fixture for whoever starts it, over its standard streams. */
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { fixtureServer } from './fixtureServer.ts'

serveStdio(() => fixtureServer(null))
