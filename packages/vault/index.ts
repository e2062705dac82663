export { type PublicVaultKey, type Sealer, sealer } from './sealer.ts'
export { sealedKeyId } from './sealed.ts'
