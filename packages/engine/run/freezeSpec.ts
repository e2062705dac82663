import {
  type AgentSpec,
  type CreateRun,
  Fault,
  type InputFile,
  isModelCredential,
  type OrgId,
  type RepositoryInput,
  type RunRepository,
} from '@errand/contracts'
import {
  branchProblem,
  formatRepositoryAddress,
  gitUrl,
  isSameRepository,
  parseRepositoryAddress,
  type RepositoryAddress,
  repositoryFolders,
} from '@errand/domain'
import { type Database, findCredential, findRepository, keepInputs } from '@errand/store'

/** The agent with what the request changed. Fault `input.invalid` where the agent has no such thing. */
export function withRequest(agent: AgentSpec, request: Omit<CreateRun, 'prompt'>): AgentSpec {
  const { network, verify, deadlineMinutes, budgetUsd, memoryMib, maxTurns, hosts = [] } = request
  const { autonomy, onBlockedHost, model } = request
  if (budgetUsd !== undefined && agent.runtime === 'script')
    throw new Fault('input.invalid', 'budgetUsd: this agent runs a script, which asks no model and costs nothing.')
  if (maxTurns !== undefined && agent.runtime === 'script')
    throw new Fault('input.invalid', 'maxTurns: this agent runs a script, which takes no turns.')
  if (model !== undefined && agent.runtime === 'script')
    throw new Fault('input.invalid', 'model: this agent runs a script, which asks no model.')
  if (autonomy !== undefined && agent.runtime === 'script')
    throw new Fault('input.invalid', 'autonomy: this agent runs a script, which does what it says and asks nobody.')
  const { verify: ownVerify, ...rest } = agent
  const verified = verify ?? ownVerify
  return {
    ...rest,
    ...(network === undefined ? {} : { network }),
    ...(deadlineMinutes === undefined ? {} : { deadlineMinutes }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(memoryMib === undefined ? {} : { memoryMib }),
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(model === undefined ? {} : { model }),
    ...(autonomy === undefined ? {} : { autonomy }),
    ...(onBlockedHost === undefined ? {} : { onBlockedHost }),
    hosts: [...new Set([...agent.hosts, ...hosts])],
    // An empty command is how a request says "no verification this time".
    ...(verified === undefined || verified.trim() === '' ? {} : { verify: verified }),
  }
}

/**
 * The repositories as the runner will find them. Faults: `repository.unknown` for a local one that is not there,
 * `input.invalid` for an address or a branch that cannot be.
 */
export async function freezeRepositories(
  wanted: readonly RepositoryInput[],
  { orgId, pushBranch, db }: { orgId: OrgId; pushBranch: string; db: Database },
): Promise<readonly RunRepository[]> {
  const addresses = wanted.map(({ repository }, index) => readAddress(repository, index))
  addresses.forEach((address, index) => {
    if (addresses.slice(0, index).some((one) => isSameRepository(one, address)))
      throw new Fault('input.invalid', `repositories.${index}: ${formatRepositoryAddress(address)} is named twice.`)
  })
  const folders = repositoryFolders(addresses)
  const frozen: RunRepository[] = []
  for (const [index, address] of addresses.entries()) {
    const name = formatRepositoryAddress(address)
    if (address.kind === 'local' && (await findRepository(db, { orgId, ref: name })) === undefined)
      throw new Fault('repository.unknown', `${name}.`)
    const branch = wanted[index]?.branch ?? null
    const problem = branch === null ? null : branchProblem(branch)
    if (problem !== null) throw new Fault('input.invalid', `repositories.${index}.branch: ${problem}.`)
    frozen.push({ name, url: gitUrl(address), dir: folders[index] ?? '', branch, pushBranch })
  }
  return frozen
}

function readAddress(text: string, index: number): RepositoryAddress {
  const address = parseRepositoryAddress(text)
  // A word without a slash is meant as a name, not as an address.
  if (address.kind === 'invalid' && /^[\w.-]+$/.test(text))
    throw new Fault('repository.unknown', `${text}: did you mean local/${text}?`)
  if (address.kind === 'invalid') throw new Fault('input.invalid', `repositories.${index}: ${address.words}`)
  return address
}

/** Keeps the input files as long as the run's artifacts. Fault `input.invalid` for one that was never uploaded. */
export async function freezeInputs(
  inputs: readonly InputFile[],
  { orgId, now, until, db }: { orgId: OrgId; now: Date; until: Date; db: Database },
): Promise<readonly InputFile[]> {
  if (inputs.length === 0) return []
  const kept = new Map(
    (await keepInputs(db, { orgId, sha256s: inputs.map((one) => one.sha256), now, until })).map((one) => [
      one.sha256,
      one.sizeBytes,
    ]),
  )
  const names = new Set<string>()
  return inputs.map(({ name, sha256 }, index) => {
    if (!isFileName(name)) throw new Fault('input.invalid', `inputs.${index}.name: it is not the name of a file.`)
    if (names.has(name)) throw new Fault('input.invalid', `inputs.${index}.name: two files have the name ${name}.`)
    names.add(name)
    const sizeBytes = kept.get(sha256)
    if (sizeBytes === undefined)
      throw new Fault('input.invalid', `inputs.${index}: ${name} was not uploaded, or not lately.`)
    return { name, sha256, sizeBytes }
  })
}

/** One part of a path, and none that leads elsewhere. */
export function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\]|\p{Cc}/u.test(name) && name.isWellFormed()
}

/** Fault `credential.missing`, said before a sandbox is started for nothing. */
export async function checkModelCredential(
  agent: AgentSpec,
  { orgId, db }: { orgId: OrgId; db: Database },
): Promise<void> {
  if (agent.runtime !== 'claude-code' || agent.credential === 'demo') return
  const credential = await findCredential(db, { orgId, name: agent.credential })
  if (credential === undefined) throw new Fault('credential.missing', `There is no credential ${agent.credential}.`)
  const { spec, sealed } = credential
  if (!isModelCredential(spec))
    throw new Fault(
      'credential.missing',
      `${agent.credential} is a credential of the type ${spec.type}, not one of a model.`,
    )
  const needsValue = !(spec.type === 'llm-compatible' && spec.auth === 'none')
  if (needsValue && sealed === null) throw new Fault('credential.missing', `${agent.credential} has no value yet.`)
}
