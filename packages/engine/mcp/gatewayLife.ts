import { deleteGateway, writeGatewayBeat } from '@errand/store'
import type { EngineDeps } from '../deps.ts'

type Deps = Pick<EngineDeps, 'db'>

/** For a gateway, every five seconds: what it has begun is under way. */
export function sayGatewayLives(id: string, { db }: Deps): Promise<void> {
  return writeGatewayBeat(db, id)
}

/** For a gateway that stops: what it has begun and not ended was cut off. */
export function sayGatewayEnds(id: string, { db }: Deps): Promise<void> {
  return deleteGateway(db, id)
}
