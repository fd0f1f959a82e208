/* Takes a file system away as a power cut does: nothing that waits in memory reaches the disk any more. The next mount
 * replays the real journal. ext4 and xfs know this call under the same number.
 *   go-down MOUNT [flush-journal]     with the second word the journal is written first, the data is not */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

static const unsigned long shutdown_call = _IOR('X', 125, uint32_t);
enum { journal_flushed = 1, journal_lost = 2 };

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  int fd = open(argv[1], O_RDONLY | O_DIRECTORY);
  uint32_t how = argc > 2 ? journal_flushed : journal_lost;
  if (fd < 0 || ioctl(fd, shutdown_call, &how) != 0) {
    perror(argv[1]);
    return 1;
  }
  return 0;
}
