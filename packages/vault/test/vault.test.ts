import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testFolder } from '@errand/testkit'
import { sealedKeyId, sealer } from '@errand/vault'
import * as sealSide from '@errand/vault'
import { sealerFromFile } from '@errand/vault/file'
import {
  ensureVaultKeys,
  generateVaultKey,
  opener,
  publicHalf,
  reseal,
  rotateVaultKeys,
  vaultKeysFromSeeds,
} from '@errand/vault/open'
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { describe, expect, it } from 'vitest'
import { openByHand } from './hpkeByHand.ts'

const now = (): Date => new Date('2026-01-01T00:00:00.000Z')
const AAD = 'credentials|crd1|org1'
const key = await generateVaultKey(now())
const sealed = await sealer(publicHalf(key)).seal('sk-täst', AAD)
const hex = (text: string): Buffer => Buffer.from(text, 'hex')

const folder = await testFolder('vault')

describe('a sealed value', () => {
  it('opens with its key and its place', async () => {
    expect(await opener([key]).open(sealed, AAD)).toBe('sk-täst')
    expect(sealedKeyId(sealed)).toBe(key.keyId)
  })

  it('is another one each time', async () => {
    expect(await sealer(publicHalf(key)).seal('sk-täst', AAD)).not.toBe(sealed)
  })

  const flipped = (at: number): string =>
    `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
  const refused = {
    'for another row': { text: sealed, aad: 'credentials|crd2|org1', code: 'secret.unopenable' },
    'for another organisation': { text: sealed, aad: 'credentials|crd1|org2', code: 'secret.unopenable' },
    'with a changed key part': { text: flipped(30), aad: AAD, code: 'secret.unopenable' },
    'with a changed text': { text: flipped(sealed.length - 10), aad: AAD, code: 'secret.unopenable' },
    'cut short': { text: sealed.slice(0, -6), aad: AAD, code: 'secret.unopenable' },
    'in no known form': { text: 'v2.something', aad: AAD, code: 'secret.unopenable' },
  }
  for (const [title, { text, aad, code }] of Object.entries(refused)) {
    it(`is refused ${title}`, async () => {
      await expect(opener([key]).open(text, aad)).rejects.toMatchObject({ code })
    })
  }

  it('is refused by name of the key when its key is not here, and under a forged key id', async () => {
    const other = await generateVaultKey(now())
    await expect(opener([other]).open(sealed, AAD)).rejects.toMatchObject({ code: 'secret.key-missing' })
    const forged = sealed.replace(key.keyId, other.keyId)
    await expect(opener([other]).open(forged, AAD)).rejects.toMatchObject({ code: 'secret.unopenable' })
  })
})

describe('HPKE', () => {
  // RFC 9180, appendix A.1.1, sequence number 0.
  const vector = {
    info: hex('4f6465206f6e2061204772656369616e2055726e'),
    ephemeral: hex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'),
    encapsulatedKey: hex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
    privateKey: hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
    publicKey: hex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
    aad: hex('436f756e742d30'),
    ciphertext: hex('f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'),
    plain: 'Beauty is truth, truth beauty',
  }

  it('as our library does it gives the vector of the RFC', async () => {
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() })
    const sender = await suite.createSenderContext({
      recipientPublicKey: await suite.kem.deserializePublicKey(vector.publicKey),
      info: vector.info,
      ekm: {
        privateKey: await suite.kem.deserializePrivateKey(vector.ephemeral),
        publicKey: await suite.kem.deserializePublicKey(vector.encapsulatedKey),
      },
    })
    expect(Buffer.from(sender.enc)).toEqual(vector.encapsulatedKey)
    expect(Buffer.from(await sender.seal(Buffer.from(vector.plain), vector.aad))).toEqual(vector.ciphertext)
  })

  it('as written by hand from the RFC opens that vector, and what the vault sealed', () => {
    expect(openByHand({ ...vector, aead: 'aes-128-gcm' })).toBe(vector.plain)
    const [, , encapsulatedKey = '', ciphertext = ''] = sealed.split('.')
    const message = {
      aead: 'aes-256-gcm' as const,
      privateKey: Buffer.from(key.privateKey, 'base64url'),
      publicKey: Buffer.from(key.publicKey, 'base64url'),
      encapsulatedKey: Buffer.from(encapsulatedKey, 'base64url'),
      ciphertext: Buffer.from(ciphertext, 'base64url'),
      info: Buffer.from('errand vault v1'),
      aad: Buffer.from(AAD),
    }
    expect(openByHand(message)).toBe('sk-täst')
  })
})

describe('vault keys', () => {
  const files = {
    privateFile: join(folder, 'keys', 'vault.json'),
    publicFile: join(folder, 'keys', 'vault.public.json'),
  }

  it('are made once, however many processes start at once, and only their owner reads them', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => ensureVaultKeys(files, now)))
    expect(new Set(made.map((keys) => keys[0]?.keyId)).size).toBe(1)
    expect((await stat(files.privateFile)).mode & 0o777).toBe(0o600)
    expect(await readFile(files.publicFile, 'utf8')).not.toContain('privateKey')
  })

  it('seal from the public file alone, and still open what was sealed before a rotation', async () => {
    const before = await (await sealerFromFile(files.publicFile)).seal('old', AAD)
    const keys = await rotateVaultKeys(files, now)
    expect(keys).toHaveLength(2)
    const current = await sealerFromFile(files.publicFile)
    const all = opener(await ensureVaultKeys(files, now))
    const moved = await reseal(before, { opener: all, sealer: current, aad: AAD })
    expect(sealedKeyId(moved ?? '')).toBe(current.keyId)
    expect(await all.open(moved ?? '', AAD)).toBe('old')
    expect(await reseal(moved ?? '', { opener: all, sealer: current, aad: AAD })).toBeUndefined()
  })

  it('come from seeds as a cluster keeps them: the same key each time, older ones behind it', async () => {
    const [first, second] = ['a', 'b'].map((byte) => Buffer.from(byte.repeat(32)).toString('base64'))
    const files = { seedFile: join(folder, 'seeds'), publicFile: join(folder, 'seeded', 'public.json') }
    await writeFile(files.seedFile, `${first}\n`)
    await vaultKeysFromSeeds(files, now)
    const older = await (await sealerFromFile(files.publicFile)).seal('before', AAD)
    await writeFile(files.seedFile, `${second}\n${first}\n`)
    const keys = await vaultKeysFromSeeds(files, now)
    expect((await sealerFromFile(files.publicFile)).keyId).toBe(keys[0]?.keyId)
    expect(await opener(keys).open(older, AAD)).toBe('before')
    await writeFile(files.seedFile, 'c2hvcnQ=\n')
    await expect(vaultKeysFromSeeds(files, now)).rejects.toThrow(/32 bytes/)
  })

  it('are refused when others can read them', async () => {
    await chmod(files.privateFile, 0o640)
    await expect(ensureVaultKeys(files, now)).rejects.toMatchObject({ code: 'start.config-invalid' })
  })

  it('open nothing through the entry that api, controller and browser import', () => {
    expect(Object.keys(sealSide).toSorted()).toEqual(['sealedKeyId', 'sealer'])
  })
})
