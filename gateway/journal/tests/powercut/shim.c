// A disk that keeps only what was synced, under a process that does not know of it (LD_PRELOAD).
//
// The files of the folder POWERCUT_LIVE are what the process sees: the system's cache. The folder POWERCUT_DISK is
// what would be left without power: a file's pages come there when the file is synced, its name when its folder is.
// Beside each file on the disk
//   NAME.dirty   one byte for each page of 4096 bytes: 1 while it was written and not synced since;
//   NAME.unborn  there while the folder was not synced since the file or folder was made;
//   NAME.moved   there while the folder was not synced since a file got this name: the name it has on the disk.
// A folder below ours is watched as well, and is a folder on the disk; one more below it is not.
// Both folders outlive the process, so that it may be killed at any moment: whoever wants to see the power go takes
// the disk, and of the dirty pages as much as it likes (the tests do that, not this file).
//
//   POWERCUT_DIE_AT=n       the process is killed in the middle of its n-th change.
//   POWERCUT_FAIL_SYNC=n    the n-th sync fails with EIO; as on Linux the pages count as clean afterwards, although
//                           the disk does not have them: only what is written anew will be synced again.
//   POWERCUT_SYNC_MILLIS=n  every sync takes so long before anything is on the disk.
//   POWERCUT_DISK/refuse    while it is there, changes fail with the error number it holds.
//
// What nobody does who writes here (writing at several places at once, renaming from folder to folder) is not modelled:
// it ends the process with a word about it rather than to pass unseen. The -shm file is memory, not a file, and is left alone.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include "model.h"

static int opened(const char *path, int flags, mode_t mode) {
    const char *name = watched(path);
    if (!name) return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    pthread_mutex_lock(&lock);
    int made = *name && (flags & O_CREAT) && !is_there(live, name), error = made ? refused() : 0;
    if (made && fatal()) die();
    adopt_folder_of(name);
    if (*name && !made && is_there(live, name)) adopt(name, path);
    int fd = -1;
    if (error) errno = error;
    else fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && made) {
        // Whatever had this name before has lost it by now, at the latest.
        int file = on_disk(name, "", O_WRONLY | O_CREAT | O_TRUNC), sign = on_disk(name, ".unborn", O_WRONLY | O_CREAT);
        if (file < 0 || sign < 0) fail("create");
        raw_close(file);
        raw_close(sign);
        off_disk(name, ".dirty");
        off_disk(name, ".moved");
    }
    if (fd >= FILES) fail("too many files");
    if (fd >= 0) name_of[fd] = strdup(name);
    pthread_mutex_unlock(&lock);
    return fd;
}

static mode_t mode_in(int flags, va_list more) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; }

#define OPEN(function)                                     \
    int function(const char *path, int flags, ...) {       \
        va_list more;                                      \
        va_start(more, flags);                             \
        mode_t mode = mode_in(flags, more);                \
        va_end(more);                                      \
        return opened(path, flags, mode);                  \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(function)                                                      \
    int function(int folder, const char *path, int flags, ...) {              \
        va_list more;                                                         \
        va_start(more, flags);                                                \
        mode_t mode = mode_in(flags, more);                                   \
        va_end(more);                                                         \
        if (*path == '/' || folder == AT_FDCWD) return opened(path, flags, mode); \
        return (int)syscall(SYS_openat, folder, path, flags, mode);           \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (named(fd)) {
        pthread_mutex_lock(&lock);
        free(name_of[fd]);
        name_of[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_close, fd);
}

// A write, at a place or (-1) where the descriptor stands.
static ssize_t written(int fd, const char *name, const void *bytes, size_t length, off_t at) {
    pthread_mutex_lock(&lock);
    off_t from = at < 0 ? (off_t)syscall(SYS_lseek, fd, (off_t)0, SEEK_CUR) : at;
    int error = refused(), dies = fatal();
    ssize_t done = -1;
    if (error) {
        errno = error;
    } else {
        if (dies) length /= 2;
        mark(fd, name, from, length);
        done = at < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, at);
        if (dies) die();
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    const char *name = named(fd);
    return name ? written(fd, name, bytes, length, -1) : syscall(SYS_write, fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    const char *name = named(fd);
    return name ? written(fd, name, bytes, length, at) : syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return pwrite(fd, bytes, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (named(fd)) fail("writev is not modelled");
    return syscall(SYS_writev, fd, parts, count);
}

int ftruncate(int fd, off_t length) {
    const char *name = named(fd);
    if (!name) return (int)syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&lock);
    int error = refused(), done = -1;
    if (fatal()) die();
    if (error) errno = error;
    else done = (int)syscall(SYS_ftruncate, fd, length);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int fallocate(int fd, int mode, off_t at, off_t length) {
    if (named(fd)) fail("fallocate is not modelled");
    return (int)syscall(SYS_fallocate, fd, mode, at, length);
}

int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }

static int synced(int fd, const char *name) {
    if (sync_millis) {
        struct timespec pause = {sync_millis / 1000, sync_millis % 1000 * 1000000};
        nanosleep(&pause, NULL);
    }
    pthread_mutex_lock(&lock);
    int lose = ++syncs == fail_sync;
    if (fatal()) die();
    struct stat what;
    int folder = !fstat(fd, &what) && S_ISDIR(what.st_mode);
    if (!folder) sync_file(fd, name, lose);
    else if (!lose) sync_folder(name);
    pthread_mutex_unlock(&lock);
    if (lose) errno = EIO;
    return lose ? -1 : 0;
}

int fsync(int fd) {
    const char *name = named(fd);
    return name ? synced(fd, name) : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    const char *name = named(fd);
    return name ? synced(fd, name) : (int)syscall(SYS_fdatasync, fd);
}

// The name stays on the disk until the folder is synced.
int unlink(const char *path) {
    if (watched(path)) {
        pthread_mutex_lock(&lock);
        if (fatal()) die();
        pthread_mutex_unlock(&lock);
    }
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

// On the disk the old name stays until the folder is synced.
int rename(const char *from, const char *to) {
    const char *old = watched(from), *new = watched(to);
    if (!old && !new) return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    const char *below = old ? strrchr(old, '/') : NULL;
    size_t folder = below ? (size_t)(below - old) + 1 : 0;
    if (!old || !new || strncmp(old, new, folder) || strchr(new + folder, '/'))
        fail("renaming from folder to folder is not modelled");
    pthread_mutex_lock(&lock);
    int error = refused(), done = -1;
    if (fatal()) die();
    if (error) {
        errno = error;
    } else {
        adopt_folder_of(old);
        adopt(old, from);
        done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
        if (!done) {
            int mark = on_disk(new, ".moved", O_WRONLY | O_CREAT | O_TRUNC);
            if (mark < 0 || syscall(SYS_write, mark, old, strlen(old)) != (long)strlen(old)) fail("rename");
            raw_close(mark);
        }
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    const char *name = watched(path);
    if (!name || !*name || is_there(live, name)) return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    pthread_mutex_lock(&lock);
    int error = refused(), done = -1;
    if (fatal()) die();
    if (error) {
        errno = error;
    } else {
        done = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
        if (!done) {
            adopt(name, path);
            int sign = on_disk(name, ".unborn", O_WRONLY | O_CREAT);
            if (sign < 0) fail("make a folder");
            raw_close(sign);
        }
    }
    pthread_mutex_unlock(&lock);
    return done;
}
