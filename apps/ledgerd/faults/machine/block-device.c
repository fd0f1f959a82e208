/* A disk that keeps a diary: the file "disk" of a FUSE mount, held in memory, for a loop device. Every write and every flush
 * that reaches it is appended to a log, so that the disk can be built again as it was at any of them, with whatever was not
 * flushed left out. The file "control" beside it takes the words "fail" and "work": from then on writes are refused with EIO,
 * or done again.
 *   block-device MOUNT SIZE_MB LOG
 *   A record of the log: three 64-bit numbers (0 write or 1 flush, offset, length), then the bytes of a write. */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse3/fuse.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <unistd.h>

enum { a_write, a_flush };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint8_t *disk;
static off_t disk_bytes;
static int log_fd;
static int is_failing;

static int is_disk(const char *path) { return !strcmp(path, "/disk"); }
static int is_control(const char *path) { return !strcmp(path, "/control"); }

/* One call, so that a reader sees whole records only, whoever is killed. */
static void record(uint64_t kind, uint64_t offset, uint64_t length, const void *data) {
  uint64_t header[3] = {kind, offset, length};
  struct iovec parts[2] = {{header, sizeof header}, {(void *)data, kind == a_write ? length : 0}};
  if (writev(log_fd, parts, 2) != (ssize_t)(parts[0].iov_len + parts[1].iov_len)) abort();
}

static int get_attributes(const char *path, struct stat *stat, struct fuse_file_info *info) {
  (void)info;
  memset(stat, 0, sizeof *stat);
  stat->st_nlink = 1;
  stat->st_mode = S_IFREG | 0600;
  if (!strcmp(path, "/")) stat->st_mode = S_IFDIR | 0700;
  else if (is_disk(path)) stat->st_size = disk_bytes;
  else if (!is_control(path)) return -ENOENT;
  return 0;
}

static int open_file(const char *path, struct fuse_file_info *info) {
  (void)path;
  info->direct_io = 1;
  return 0;
}

static int truncate_file(const char *path, off_t length, struct fuse_file_info *info) {
  (void)length, (void)info;
  return is_control(path) ? 0 : -EINVAL;
}

static int read_file(const char *path, char *target, size_t length, off_t offset, struct fuse_file_info *info) {
  (void)info;
  if (!is_disk(path) || offset >= disk_bytes) return 0;
  if ((off_t)(offset + length) > disk_bytes) length = disk_bytes - offset;
  pthread_mutex_lock(&mutex);
  memcpy(target, disk + offset, length);
  pthread_mutex_unlock(&mutex);
  return length;
}

static int write_disk(const char *data, size_t length, off_t offset) {
  if (is_failing) return -EIO;
  if ((off_t)(offset + length) > disk_bytes) return -ENOSPC;
  memcpy(disk + offset, data, length);
  record(a_write, offset, length, data);
  return length;
}

static int write_file(const char *path, const char *data, size_t length, off_t offset, struct fuse_file_info *info) {
  (void)info;
  int result = length;
  pthread_mutex_lock(&mutex);
  if (is_disk(path)) result = write_disk(data, length, offset);
  else is_failing = length >= 4 && !memcmp(data, "fail", 4);
  pthread_mutex_unlock(&mutex);
  return result;
}

static int flush_disk(const char *path, int is_data_only, struct fuse_file_info *info) {
  (void)is_data_only, (void)info;
  if (!is_disk(path)) return 0;
  pthread_mutex_lock(&mutex);
  record(a_flush, 0, 0, NULL);
  pthread_mutex_unlock(&mutex);
  return 0;
}

static const struct fuse_operations operations = {
    .getattr = get_attributes,
    .open = open_file,
    .truncate = truncate_file,
    .read = read_file,
    .write = write_file,
    .fsync = flush_disk,
};

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  disk_bytes = strtoll(argv[2], NULL, 10) << 20;
  disk = calloc(1, disk_bytes);
  log_fd = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (!disk || log_fd < 0) return 2;
  char *arguments[] = {argv[0], argv[1], "-f", NULL};
  return fuse_main(3, arguments, &operations, NULL);
}
