import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenOnSocket } from '../listenOnSocket.ts'
import { ask } from './support/ask.ts'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'

let live: LiveGateway
let folder: string

beforeAll(async () => {
  live = await startLiveGateway()
  folder = await mkdtemp(join(tmpdir(), 'errand-socket-'))
})
afterAll(async () => {
  await live.close()
  await rm(folder, { recursive: true, force: true })
})

const answering = (text: string) => createServer((_request, response) => response.end(text))

describe('the gateway’s socket', () => {
  it('may be opened by every user of the machine: the token is what opens the door', async () => {
    expect((await stat(live.socketPath)).mode & 0o777).toBe(0o666)
  })

  it('takes the place of one that a killed gateway left behind', async () => {
    const path = join(folder, 'stale', 'gateway.sock')
    await mkdir(dirname(path))
    const listen = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`
    const killed = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect((await lstat(path)).isSocket()).toBe(true)
    const server = answering('back')
    await listenOnSocket(server, path)
    expect((await ask({ socketPath: path, path: '/' })).text).toBe('back')
    server.close()
  })

  it('may lie deeper than the kernel’s 107 bytes for its name', async () => {
    const path = join(folder, 'deep'.repeat(15), 'deeper'.repeat(15), 'gateway.sock')
    expect(path.length).toBeGreaterThan(150)
    const server = answering('here')
    await listenOnSocket(server, path)
    expect(await readdir(dirname(path))).toEqual(['gateway.sock'])
    server.close()
  })

  it('is never put in place of something else', async () => {
    const path = join(folder, 'a-file')
    await writeFile(path, 'precious')
    await expect(listenOnSocket(createServer(), path)).rejects.toMatchObject({ code: 'start.folder-unwritable' })
    expect((await lstat(path)).isFile()).toBe(true)
  })
})

describe('the gateway’s server', () => {
  it('answers what is no HTTP with a refusal and stays up', async () => {
    const socket = connect(live.socketPath)
    socket.end('this is not HTTP\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toContain('400 Bad Request')
    expect((await ask({ socketPath: live.socketPath, path: '/nothing' })).status).toBe(404)
  })

  it('writes one line for each call, with its run and without its headers', async () => {
    const run = await live.run({ agent: 'demo' })
    await run.asAgent({ path: '/llm/v1/models?secret=in-the-query', headers: { 'x-private': 'in-a-header' } })
    const line = await until(() => live.log().find(({ op, runId }) => op === 'llm.called' && runId === run.runId))
    expect(line).toMatchObject({ ok: true, target: '/llm/v1/models', status: 200, orgId: live.owner.orgId })
    expect(JSON.stringify(live.log())).not.toMatch(/in-the-query|in-a-header/)
  })

  it('is gone without a trace once closed', async () => {
    const other = await startLiveGateway()
    const run = await other.run({ agent: 'demo' })
    const waiting = run.asRunner({ path: '/runner/v1/control?after=0' }).catch(() => 'cut')
    await other.close()
    await waiting
    await expect(lstat(other.socketPath)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
