import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubeconfigSource } from '@errand/kube'

/** The way to a cluster's API over which an Errand is sent, and which breaks. */
export interface CutApi {
  /** A file that leads here. */
  readonly kubeconfig: string
  /** Resets every connection that is open, watches above all; gives how many. */
  cutAll(): number
  close(): Promise<void>
}

/** Passes bytes on, TLS and all, from a port of this machine: the certificate of an API server knows 127.0.0.1. */
export async function startCutApi(real: string): Promise<CutApi> {
  const { server } = kubeconfigSource(real)
  const { hostname, port } = new URL(server)
  const open = new Set<Socket>()
  const proxy = createServer((socket) => {
    const onwards = connect({ host: hostname, port: Number(port) })
    open.add(socket)
    for (const [one, other] of [
      [socket, onwards],
      [onwards, socket],
    ] as const) {
      one.on('error', () => other.resetAndDestroy())
      one.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'errand-cut-'))
  const kubeconfig = join(folder, 'kubeconfig')
  const address = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  await writeFile(kubeconfig, (await readFile(real, 'utf8')).replaceAll(server.replace(/\/$/, ''), address), {
    mode: 0o600,
  })
  const cutAll = () => {
    const count = open.size
    for (const socket of open) socket.resetAndDestroy()
    return count
  }
  return {
    kubeconfig,
    cutAll,
    close: async () => {
      cutAll()
      await once(proxy.close(), 'close')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
