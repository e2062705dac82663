export { ensureVaultKeys, readVaultKeys, rotateVaultKeys, vaultKeysFromSeeds, type VaultFiles } from './keyFile.ts'
export { generateVaultKey, publicHalf, type VaultKey } from './keys.ts'
export { type Opener, opener, reseal } from './opener.ts'
