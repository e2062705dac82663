import type { Placed } from '@errand/domain'
import type { Event, Pod } from '../objects.ts'
import { imageOf } from './events.ts'

/** The package of types is older than such volumes. */
interface ImageVolume {
  readonly image?: { readonly reference?: string }
}

/** The pod's node, and how its images came there, once all of them are. */
export function placedOf({ spec, status = {} }: Pod, events: readonly Event[]): { placed?: Placed } {
  const node = spec?.nodeName ?? ''
  if (spec === undefined || node === '') return {}
  const { containers, initContainers = [], volumes = [] } = spec
  const inVolumes = (volumes as readonly ImageVolume[]).flatMap(({ image }) => image?.reference ?? [])
  const wanted = new Set([...inVolumes, ...[...initContainers, ...containers].map(({ image = '' }) => image)])
  const pulled = events.filter(({ reason }) => reason === 'Pulled')
  const isStarted = status.containerStatuses?.some(({ state }) => state?.waiting === undefined) === true
  const isThere = isStarted || new Set(pulled.map(imageOf)).size >= wanted.size
  return { placed: { node, images: isThere ? wordsOf(pulled) : null } }
}

function wordsOf(pulled: readonly Event[]): string {
  const came = pulled.flatMap((event) => {
    const [, time] = /^Successfully pulled .* in (\S+)/.exec(event.message ?? '') ?? []
    return time === undefined ? [] : [`${imageOf(event)} came in ${time}`]
  })
  return came.join(', ') || 'on the node already'
}
