# The parent of one sandbox, in a session of its own: it outlives the server that started it, and the sandbox dies with
# it. It knows no secret: the runner's boot line goes through standard input, which nothing here reads.
#
#   bash launcher.sh FOLDER [join FILE] [stage FOLDER] [show SOURCE TARGET] [seccomp FILE] … -- COMMAND…
#
# Writes FOLDER/pid first and FOLDER/exit last; each is one short write, so a reader sees all of it or nothing.
set -u
umask 022
ulimit -c 0
cd "$1" || exit 125
shift

fail() {
  echo "launcher: $1" >&2
  echo 125 >exit
  exit 125
}
start_time_of() {
  shift 21
  start_time=$1
}
read -r stat </proc/$$/stat && start_time_of $stat
read -r boot </proc/sys/kernel/random/boot_id
echo "$$ $start_time $boot" >pid || exit 125

while [ "$1" != -- ]; do
  case $1 in
    join)
      echo $$ >"$2" || fail "cannot join the cgroup $2"
      shift 2
      ;;
    stage)
      # Seen by nobody outside: this process has a mount namespace of its own.
      mount -t tmpfs -o size=64k,mode=755 errand "$2" </dev/null || fail "cannot mount on $2"
      shift 2
      ;;
    show)
      if [ -d "$2" ]; then mkdir "$3"; else : >"$3"; fi
      mount --bind "$2" "$3" </dev/null || fail "cannot show $2"
      shift 3
      ;;
    seccomp)
      exec 4<"$2" || fail "cannot read $2"
      shift 2
      ;;
    *) fail "unknown word $1" ;;
  esac
done
shift

# What our own starter had left open is not for the sandbox: an open folder would be a way out of it.
for open_file in /proc/$$/fd/*; do
  number=${open_file##*/}
  if [ "$number" -gt 4 ] && [ "$number" -ne 255 ]; then eval "exec $number>&-"; fi
done

"$@" 3>inner.json
echo $? >exit
