import { execFile } from 'node:child_process'
import { readFile, realpath } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { ImageGiven, TarEntry } from './startImageRegistry.ts'

const run = promisify(execFile)

/** An MCP server in nothing but a shell's own words: its one tool says what it finds around it. */
const SERVER = String.raw`
while IFS= read -r line; do
  case $line in *'"id":'*) ;; *) continue ;; esac
  id=${'$'}{line#*'"id":'}
  id=${'$'}{id%%[,\}]*}
  case $line in
    *'"method":"initialize"'*)
      result='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1"}}' ;;
    *'"method":"tools/list"'*)
      result='{"tools":[{"name":"look","inputSchema":{"type":"object"}}]}' ;;
    *'"method":"tools/call"'*)
      read -r word </srv/word
      old=gone; [ -e /srv/old ] && old=there
      written=refused; (: >/srv/new) 2>/dev/null && written=written
      result="{\"content\":[{\"type\":\"text\",\"text\":\"$1 $PWD $FROM_IMAGE $word old=$old new=$written\"}]}" ;;
    *) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"no such method"}}\n' "$id"; continue ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result"
done`

/**
 * An image of two layers that holds this machine's own small shell, and a server for it. `guests`: programs that come from
 * elsewhere and find what they need of this machine's libraries.
 */
export async function shellServerImage({ guests = [] }: { guests?: readonly string[] } = {}): Promise<ImageGiven> {
  const shell = await fileOf('/bin/dash', 'bin/dash')
  const { stdout } = await run('ldd', ['/bin/dash', ...guests])
  const paths = new Set([...stdout.matchAll(/\s(\/\S+) \(0x/g)].map(([, path = '']) => path))
  const libraries = [...paths].map((path) => fileOf(path, path.slice(1)))
  const text = (name: string, body: string): TarEntry => ({ header: { name, size: body.length }, body })
  return {
    layers: [
      [shell, ...(await Promise.all(libraries)), text('srv/old', 'old'), text('srv/word', 'first\n')],
      [text('srv/.wh.old', ''), text('srv/word', 'second\n'), text('srv/server.sh', SERVER)],
    ],
    config: {
      Entrypoint: ['/bin/dash', '/srv/server.sh'],
      Cmd: ['by-default'],
      Env: ['FROM_IMAGE=from-the-image', 'PATH=/bin'],
      WorkingDir: '/work',
    },
  }
}

async function fileOf(path: string, name: string): Promise<TarEntry> {
  const body = await readFile(await realpath(path))
  return { header: { name, size: body.length, mode: 0o755 }, body: new Uint8Array(body) }
}
