/**
 * A control plane of one machine: some forty connections, a working set of megabytes. Durable: every commit is on disk
 * before it is answered (fsync and synchronous_commit stay on).
 */
export function smallMachineSettings(major: number): Readonly<Record<string, string>> {
  return {
    shared_buffers: '64MB',
    max_connections: '40',
    max_wal_size: '512MB',
    huge_pages: 'off',
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    autovacuum_max_workers: '2',
    // Nobody replicates from a single machine's database; each of these would keep processes and slots ready for it.
    max_wal_senders: '0',
    max_replication_slots: '0',
    max_logical_replication_workers: '0',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
    // 18 keeps three worker processes for reading ahead; what is read here is in memory or small.
    ...(major >= 18 ? { io_method: 'sync' } : {}),
  }
}
