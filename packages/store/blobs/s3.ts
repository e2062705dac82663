import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { Fault } from '@errand/contracts'
import { openDrafts } from './drafts.ts'
import { type Blob, type Blobs, keyOf } from './types.ts'

/** A bucket of an S3-compatible store. Who may use it is found as all tools of AWS find it: a file, a role, the environment. */
export interface S3Place {
  readonly bucket: string
  /** Before every key; empty, or with a slash at its end. */
  readonly prefix: string
  readonly region: string
  /** Null: that of AWS. Others are asked by path: `endpoint/bucket/key`. */
  readonly endpoint: string | null
}

const PARAMETERS = ['region', 'endpoint']

/** `s3://bucket/prefix?region=eu-central-1&endpoint=https://…`. Throws naming what does not fit. */
export function readS3Place(url: string): S3Place {
  const { hostname, pathname, searchParams } = new URL(url)
  const unknown = [...searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) throw new Error(`ERRAND_BLOBS_URL has ${unknown}: it takes ${PARAMETERS.join(' and ')}`)
  const prefix = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '')
  return {
    bucket: hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region: searchParams.get('region') ?? 'us-east-1',
    endpoint: searchParams.get('endpoint'),
  }
}

const CONNECT_MS = 5_000
const SILENCE_MS = 60_000
const TRIES = 3
/** What such a store takes in one request. */
const MOST_BYTES = 5 * 2 ** 30
/** It tells the time in whole seconds. */
const CLOCK_MS = 1_000

/** Blobs as objects. What is being received lies in `folder`, for an object's name has to be known before its first byte. */
export async function openS3Blobs({ bucket, prefix, region, endpoint }: S3Place, folder: string): Promise<Blobs> {
  // 80 MB of memory that only those need who use it.
  const s3 = await import('@aws-sdk/client-s3')
  const client = new s3.S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: TRIES,
    logger: QUIET,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    // Older stores keep what newer clients add at the end as part of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const drafts = await openDrafts(folder)
  const at = (sha256: string) => ({ Bucket: bucket, Key: prefix + keyOf(sha256).join('/') })

  /** Null: there is none. */
  async function putAt(sha256: string): Promise<Date | null> {
    const head = await client.send(new s3.HeadObjectCommand(at(sha256))).catch(nullIfAbsent)
    return head === null ? null : (head.LastModified ?? new Date())
  }

  async function keep({ path, sha256, sizeBytes }: Blob & { readonly path: string }): Promise<void> {
    if (sizeBytes > MOST_BYTES)
      throw new Fault('artifact.too-large', `An object store takes ${MOST_BYTES} bytes at once.`)
    const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64')
    for (let tried = 1; ; tried++) {
      // The client does not send a stream twice.
      const Body = createReadStream(path)
      const put = new s3.PutObjectCommand({ ...at(sha256), Body, ContentLength: sizeBytes, ChecksumSHA256 })
      try {
        await client.send(put)
        return
      } catch (error) {
        if (tried === TRIES || !isPassing(error)) throw storeFault(error)
      } finally {
        Body.destroy()
      }
    }
  }

  return {
    put: (body, options) => drafts.take(body, options, keep),
    open: async (sha256, { range } = {}) => {
      const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end}`
      const got = await client.send(new s3.GetObjectCommand({ ...at(sha256), Range })).catch(nullIfAbsent)
      if (got === null) throw new Fault('artifact.unknown')
      if (!(got.Body instanceof Readable)) throw new Fault('storage.unreachable', 'It sent no body.')
      return got.Body
    },
    has: async (sha256) => (await putAt(sha256)) !== null,
    delete: async (sha256, { putBefore } = {}) => {
      const put = await putAt(sha256)
      if (put === null || (putBefore !== undefined && put.getTime() + CLOCK_MS > putBefore.getTime())) return false
      await client.send(new s3.DeleteObjectCommand(at(sha256))).catch(storeFaultThrown)
      return true
    },
    sweep: (before) => drafts.sweep(before),
  }
}

/** What goes wrong comes back as an error; its own words would go to the terminal. */
const QUIET = { debug: ignored, info: ignored, warn: ignored, error: ignored }

function ignored(): void {}

interface Answered {
  readonly name?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

function nullIfAbsent(error: Answered): null {
  // A bucket that is missing is another matter than an object.
  if (error.$metadata?.httpStatusCode === 404 && error.name !== 'NoSuchBucket') return null
  throw storeFault(error)
}

function storeFaultThrown(error: unknown): never {
  throw storeFault(error)
}

function isPassing(error: unknown): boolean {
  const status = (error as Answered).$metadata?.httpStatusCode
  return status === undefined || status >= 500 || status === 429
}

function storeFault(error: unknown): Fault {
  const { name = '', message = '' } = error as Answered
  return new Fault('storage.unreachable', [name, message].filter(Boolean).join(': '), { cause: error })
}
