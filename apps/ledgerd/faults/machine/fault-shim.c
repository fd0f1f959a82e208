/* Loaded into a daemon with LD_PRELOAD: fails, shortens, tears or swallows the n-th write or sync of one file. Calls are
 * counted over all threads, from when the fault was armed.
 *   LEDGERD_FAULT=FILE   names the file that arms a fault while it exists: "OP N WHAT PATH". Each strike adds a line to
 *                        FILE.struck. Faults are armed by renaming a file to FILE.
 *     OP     write (write, writev, pwrite) or sync (fsync, fdatasync)
 *     N      from 1; with a + it strikes at every later call too
 *     WHAT   ERRNO        fails and does nothing
 *            after:ERRNO  does it, then fails: the bytes are kept
 *            drop:ERRNO   a sync that fails and takes along what was written since the last one: the bytes are gone
 *            short:K      writes K bytes and says so
 *            torn:K       writes K bytes and dies
 *            kill         dies before the call
 *   LEDGERD_NO_SYNC=1    every sync says yes and does nothing: the negative control of suites about durability */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

struct fault {
  char op[8], when[24], what[24], path[4096];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pid_t own;

__attribute__((constructor)) static void know_own(void) { own = getpid(); }

static char armed[8192];
static long calls;
static off_t synced = -1;

static int read_fault(struct fault *fault) {
  const char *name = getenv("LEDGERD_FAULT");
  char text[8192];
  if (!name) return 0;
  long fd = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long length = syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  if (length <= 0) return 0;
  text[length] = 0;
  if (strcmp(text, armed)) {
    strcpy(armed, text);
    calls = 0;
    synced = -1;
  }
  return sscanf(text, "%7s %23s %23s %4095[^\n]", fault->op, fault->when, fault->what, fault->path) == 4;
}

static int is_file(int fd, const char *wanted) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return !strcmp(path, wanted);
}

static void note(const struct fault *fault) {
  char name[4200];
  snprintf(name, sizeof name, "%s.struck", getenv("LEDGERD_FAULT"));
  long fd = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  char line[128];
  int length = snprintf(line, sizeof line, "%s %ld %s\n", fault->op, calls, fault->what);
  syscall(SYS_write, fd, line, length);
  syscall(SYS_close, fd);
}

/* Whether this call is struck; what with then stands in `what`. Remembers the size before the first write since a sync. */
static int strikes(int fd, const char *op, char *what) {
  struct fault fault;
  int is_struck = 0, saved = errno;
  sigset_t all, before;
  /* Between fork and exec a child has the lock as it was, and nobody who would open it. */
  if (fd <= 2 || getpid() != own) return 0;
  /* A handler may write too, as libuv's does to its own pipe: it would wait for itself. */
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pthread_mutex_lock(&mutex);
  if (read_fault(&fault) && is_file(fd, fault.path)) {
    struct stat stat;
    if (!strcmp(op, "write") && synced < 0 && !fstat(fd, &stat)) synced = stat.st_size;
    if (!strcmp(op, fault.op)) {
      char *end;
      long at = strtol(fault.when, &end, 10);
      calls++;
      is_struck = calls == at || (*end == '+' && calls > at);
      if (is_struck) {
        strcpy(what, fault.what);
        note(&fault);
      }
    }
    if (!is_struck && !strcmp(op, "sync")) synced = -1;
  }
  pthread_mutex_unlock(&mutex);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved;
  return is_struck;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static long after(const char *what) { return strncmp(what, "after:", 6) ? 0 : atol(what + 6); }

/* How many bytes are really written; -1 when none are and the call fails with what. */
static ssize_t kept(const char *what, size_t length) {
  if (!strcmp(what, "kill")) die();
  if (after(what)) return length;
  if (strncmp(what, "short:", 6) && strncmp(what, "torn:", 5)) return -1;
  size_t wanted = atol(strchr(what, ':') + 1);
  return wanted < length ? wanted : length;
}

static ssize_t struck_write(const char *what, ssize_t written) {
  if (!strncmp(what, "torn:", 5)) die();
  if (!after(what)) return written;
  errno = after(what);
  return -1;
}

ssize_t write(int fd, const void *data, size_t length) {
  char what[24];
  if (!strikes(fd, "write", what)) return REAL(write)(fd, data, length);
  ssize_t count = kept(what, length);
  if (count < 0) return errno = atoi(what), -1;
  return struck_write(what, REAL(write)(fd, data, count));
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  char what[24];
  if (!strikes(fd, "write", what)) return REAL(pwrite64)(fd, data, length, offset);
  ssize_t count = kept(what, length);
  if (count < 0) return errno = atoi(what), -1;
  return struck_write(what, REAL(pwrite64)(fd, data, count, offset));
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  char what[24];
  if (!strikes(fd, "write", what)) return REAL(writev)(fd, parts, count);
  ssize_t length = kept(what, parts[0].iov_len);
  if (length < 0) return errno = atoi(what), -1;
  return struck_write(what, REAL(write)(fd, parts[0].iov_base, length));
}

static int struck_sync(int fd, int (*real)(int)) {
  char what[24];
  if (getenv("LEDGERD_NO_SYNC")) return 0;
  if (!strikes(fd, "sync", what)) return real(fd);
  if (!strcmp(what, "kill")) die();
  if (!strncmp(what, "drop:", 5)) {
    if (synced >= 0 && ftruncate(fd, synced)) perror("drop");
    return errno = atoi(what + 5), -1;
  }
  if (after(what)) real(fd);
  errno = after(what) ? after(what) : atoi(what);
  return -1;
}

int fdatasync(int fd) { return struck_sync(fd, REAL(fdatasync)); }
int fsync(int fd) { return struck_sync(fd, REAL(fsync)); }

static int without_sync(int flags) { return getenv("LEDGERD_NO_SYNC") ? flags & ~(O_DSYNC | O_SYNC) : flags; }

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return REAL(open64)(path, without_sync(flags), mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return REAL(open)(path, without_sync(flags), mode);
}
