import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubeconfigSource } from '../index.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const CERTIFICATE = 'a client certificate'
const KEY = 'canary-key-4711'

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>
  readonly user?: Readonly<Record<string, unknown>>
  readonly more?: Readonly<Record<string, unknown>>
}

describe('a kubeconfig', () => {
  let folder: string
  let written = 0

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'errand-kubeconfig-'))
    await mkdir(join(folder, 'pki'))
    await Promise.all([
      writeFile(join(folder, 'pki/ca.crt'), 'the authority'),
      writeFile(join(folder, 'pki/me.crt'), CERTIFICATE),
      writeFile(join(folder, 'pki/me.key'), KEY),
      writeFile(join(folder, 'pki/token'), 'from a file\n'),
    ])
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function write(text: string): Promise<string> {
    const path = join(folder, `config-${written++}`)
    await writeFile(path, text)
    return path
  }

  /** The second of two contexts is the current one. JSON is YAML. */
  function config({ cluster = {}, user = {}, more = {} }: Parts): Promise<string> {
    const other = { server: 'https://other.example:6443' }
    return write(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'mine',
        contexts: [
          { name: 'other', context: { cluster: 'other', user: 'other' } },
          { name: 'mine', context: { cluster: 'here', user: 'me', namespace: 'agents' } },
        ],
        clusters: [
          { name: 'other', cluster: other },
          { name: 'here', cluster: { server: 'https://kube.example:6443', ...cluster } },
        ],
        users: [
          { name: 'other', user: { token: 'other' } },
          { name: 'me', user },
        ],
        ...more,
      }),
    )
  }

  it('names its authority and its client’s certificate in place', async () => {
    const source = kubeconfigSource(
      await config({
        cluster: { 'certificate-authority-data': base64('the authority'), 'tls-server-name': 'kube' },
        user: { 'client-certificate-data': base64(CERTIFICATE), 'client-key-data': base64(KEY) },
      }),
    )
    expect(source).toMatchObject({
      server: 'https://kube.example:6443',
      namespace: 'agents',
      tls: { ca: 'the authority', cert: CERTIFICATE, servername: 'kube' },
    })
    expect(source.tls.key?.reveal()).toBe(KEY)
    expect(await source.token()).toBe(null)
    expect(JSON.stringify(source)).not.toContain(KEY)
  })

  it('or in files beside it', async () => {
    const source = kubeconfigSource(
      await config({
        cluster: { 'certificate-authority': 'pki/ca.crt' },
        user: { 'client-certificate': join(folder, 'pki/me.crt'), 'client-key': 'pki/me.key' },
      }),
    )
    expect(source.tls).toMatchObject({ ca: 'the authority', cert: CERTIFICATE })
    expect(source.tls.key?.reveal()).toBe(KEY)
  })

  it('or signs in with a token, in place or in a file that is read anew', async () => {
    const inPlace = kubeconfigSource(await config({ user: { token: 'in place' } }))
    expect((await inPlace.token())?.reveal()).toBe('in place')
    expect(inPlace.tls).toEqual({})
    const inFile = kubeconfigSource(await config({ user: { tokenFile: 'pki/token' } }))
    expect((await inFile.token())?.reveal()).toBe('from a file')
    await writeFile(join(folder, 'pki/token'), 'another\n')
    expect((await inFile.token())?.reveal()).toBe('another')
  })

  const token = { token: 't' }
  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['is not there', () => join(folder, 'nowhere'), /nowhere cannot be read/],
    ['is not YAML', () => write(`{${KEY}: [`), /it is not YAML/],
    ['is something else', () => write('kind: List'), /current-context/],
    ['names a context that it has not', () => config({ more: { 'current-context': 'lost' } }), /it names `lost`/],
    ['names a cluster that it has not', () => config({ more: { clusters: [] } }), /it names `here`/],
    [
      'speaks without encryption',
      () => config({ cluster: { server: 'http://a' }, user: token }),
      /clusters\.1\.cluster\.server/,
    ],
    [
      'does not check the server',
      () => config({ cluster: { 'insecure-skip-tls-verify': true }, user: token }),
      /give `certificate-authority` instead/,
    ],
    ['goes through a proxy', () => config({ cluster: { 'proxy-url': 'http://p' }, user: token }), /`proxy-url`/],
    ['asks a program who it is', () => config({ user: { exec: { command: 'aws' } } }), /give the token of a service/],
    ['has nothing to sign in with', () => config({}), /neither a token nor a client certificate/],
    [
      'names a file that is not there',
      () => config({ user: { 'client-certificate': 'a', 'client-key': 'b' } }),
      /cannot be read/,
    ],
  ])('that %s is refused, and why', async (_, path, words) => {
    const at = await path()
    expect(() => kubeconfigSource(at)).toThrow(words)
    expect(() => kubeconfigSource(at)).not.toThrow(KEY)
    expect(() => kubeconfigSource(at)).toThrow(expect.objectContaining({ code: 'cluster.config' }))
  })
})
