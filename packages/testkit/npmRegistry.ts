import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export interface NpmRegistry {
  readonly url: string
  /** SHA-256 of the package's file. */
  readonly sha256: string
  /** Paths that were asked for. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

/** A registry on this machine that has one package in one version. */
export async function npmRegistry({ name, version, files }: NpmPackage): Promise<NpmRegistry> {
  const tarball = await pack(files)
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const manifest = JSON.parse(files['package.json'] ?? '{}') as Record<string, unknown>
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    asked.push(path)
    const { port } = server.address() as AddressInfo
    const dist = { tarball: `http://127.0.0.1:${port}/${name}/-/file.tgz`, integrity }
    if (path === `/${name}/-/file.tgz`) return void response.end(tarball)
    if (path !== `/${name}`) return void response.writeHead(404).end('{"error":"Not found"}')
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { ...manifest, name, version, dist } },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sha256: createHash('sha256').update(tarball).digest('hex'),
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface NpmPackage {
  readonly name: string
  readonly version: string
  readonly files: Readonly<Record<string, string>>
}

async function pack(files: NpmPackage['files']): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'errand-package-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, 'package', name)), { recursive: true })
      await writeFile(join(folder, 'package', name), text)
    }
    await promisify(execFile)('tar', ['-czf', 'file.tgz', 'package'], { cwd: folder })
    return await readFile(join(folder, 'file.tgz'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
