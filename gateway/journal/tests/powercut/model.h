// The disk below the shim: which names it has, what is on it of each file, and what is not there yet.

enum { PAGE = 4096, FILES = 4096 };

// Of each descriptor: the file's name within the folder; "" for the folder itself; none for everything else.
static char *name_of[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *live, *disk;
static long changes, die_at, syncs, fail_sync, sync_millis;

// Our own access to files goes past our own names.
static int raw_open(const char *path, int flags) { return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600); }
static void raw_close(int fd) { syscall(SYS_close, fd); }

static void fail(const char *what) {
    // Whoever laid the disk has taken it away: the test is over.
    if (syscall(SYS_faccessat, AT_FDCWD, disk, F_OK)) syscall(SYS_exit_group, 1);
    dprintf(2, "powercut: %s: %s\n", what, strerror(errno));
    abort();
}

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    live = getenv("POWERCUT_LIVE");
    disk = getenv("POWERCUT_DISK");
    if (!live || !disk) live = NULL;
    die_at = number("POWERCUT_DIE_AT");
    fail_sync = number("POWERCUT_FAIL_SYNC");
    sync_millis = number("POWERCUT_SYNC_MILLIS");
}

// The name of a path within the folder we watch, or within a folder in it.
static const char *watched(const char *path) {
    size_t length;
    if (!live || strncmp(path, live, length = strlen(live))) return NULL;
    if (!path[length]) return "";
    if (path[length] != '/') return NULL;
    const char *name = path + length + 1, *below = strchr(name, '/');
    if (below && strchr(below + 1, '/')) return NULL;
    size_t end = strlen(name);
    return end > 4 && !strcmp(name + end - 4, "-shm") ? NULL : name;
}

static const char *named(int fd) { return fd >= 0 && fd < FILES ? name_of[fd] : NULL; }

static int on_disk(const char *name, const char *suffix, int flags) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s%s", disk, name, suffix);
    return raw_open(path, flags | O_CLOEXEC);
}

static void off_disk(const char *name, const char *suffix) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s%s", disk, name, suffix);
    syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static int is_there(const char *folder, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
}

static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); for (;;) pause(); }

// Counts a change; true where the process is to die in the middle of it.
static int fatal(void) { return ++changes == die_at; }

// The error that changes are refused with now.
static int refused(void) {
    char text[16] = "";
    int fd = on_disk("refuse", "", O_RDONLY);
    if (fd < 0) return 0;
    ssize_t got = syscall(SYS_pread64, fd, text, sizeof text - 1, (off_t)0);
    raw_close(fd);
    return got > 0 ? atoi(text) : 0;
}

// The system writes back on its own now and then: a page as it was before this change comes to the disk, still dirty.
static void write_back(int fd, const char *name, off_t page) {
    char bytes[PAGE], self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    int from = raw_open(self, O_RDONLY), to = on_disk(name, "", O_WRONLY);
    if (from < 0 || to < 0) fail("write back");
    ssize_t got = syscall(SYS_pread64, from, bytes, sizeof bytes, page * PAGE);
    if (got > 0 && syscall(SYS_pwrite64, to, bytes, (size_t)got, page * PAGE) != got) fail("write back");
    raw_close(from);
    raw_close(to);
}

static void mark(int fd, const char *name, off_t from, size_t length) {
    if (!length) return;
    int marks = on_disk(name, ".dirty", O_RDWR | O_CREAT);
    if (marks < 0) fail("mark");
    for (off_t page = from / PAGE; page <= (off_t)(from + length - 1) / PAGE; page++) {
        char was = 0;
        if (changes % 5 == 0 && syscall(SYS_pread64, marks, &was, (size_t)1, page) == 1 && was)
            write_back(fd, name, page);
        if (syscall(SYS_pwrite64, marks, "\1", (size_t)1, page) != 1) fail("mark");
    }
    raw_close(marks);
}

static int is_marked(const char *name, const char *suffix) {
    int fd = on_disk(name, suffix, O_RDONLY);
    if (fd >= 0) raw_close(fd);
    return fd >= 0;
}

// What is there when it is first seen was there before the power came on.
static void adopt(const char *name, const char *path) {
    if (is_there(disk, name) || is_marked(name, ".moved")) return;
    struct stat what;
    if (!stat(path, &what) && S_ISDIR(what.st_mode)) {
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, "%s/%s", disk, name);
        if (syscall(SYS_mkdirat, AT_FDCWD, folder, 0700)) fail("adopt a folder");
        return;
    }
    int from = raw_open(path, O_RDONLY), to = on_disk(name, "", O_WRONLY | O_CREAT);
    char page[PAGE];
    if (from < 0 || to < 0) fail("adopt");
    for (ssize_t got; (got = syscall(SYS_read, from, page, sizeof page)) > 0;)
        if (syscall(SYS_write, to, page, (size_t)got) != got) fail("adopt");
    raw_close(from);
    raw_close(to);
}

// The folder of a name is on the disk before what is in it.
static void adopt_folder_of(const char *name) {
    const char *end = strchr(name, '/');
    if (!end) return;
    char folder[NAME_MAX + 1], path[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", (int)(end - name), name);
    snprintf(path, sizeof path, "%s/%s", live, folder);
    adopt(folder, path);
}

// A file has its new name on the disk, too, with all that is on the disk of it and nothing more.
static void move(const char *to) {
    char from[PATH_MAX] = "", old[PATH_MAX + 512], new[PATH_MAX + 512];
    int mark = on_disk(to, ".moved", O_RDONLY);
    if (mark < 0 || syscall(SYS_pread64, mark, from, sizeof from - 1, (off_t)0) <= 0) fail("move");
    raw_close(mark);
    for (const char *suffix = ".dirty";; suffix = "") {
        off_disk(to, suffix);
        snprintf(old, sizeof old, "%s/%s%s", disk, from, suffix);
        snprintf(new, sizeof new, "%s/%s%s", disk, to, suffix);
        if (syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0) && !*suffix) fail("move");
        if (!*suffix) break;
    }
    off_disk(from, ".unborn");
    off_disk(to, ".unborn");
    off_disk(to, ".moved");
}

// The names of a folder are on the disk from now on, and those that are gone are gone.
static void sync_folder(const char *which) {
    char path[PATH_MAX], name[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", disk, which);
    // What has another name first: its old one is gone.
    for (int moved = 1; moved >= 0; moved--) {
        DIR *folder = opendir(path);
        if (!folder) fail("sync the folder");
        for (struct dirent *entry; (entry = readdir(folder));) {
            if (*entry->d_name == '.' || !strcmp(entry->d_name, "refuse")) continue;
            snprintf(name, sizeof name, "%s%s%s", which, *which ? "/" : "", entry->d_name);
            char *suffix = strrchr(name, '.');
            int unborn = suffix && !strcmp(suffix, ".unborn"), dirty = suffix && !strcmp(suffix, ".dirty");
            if (moved) {
                if (!suffix || strcmp(suffix, ".moved")) continue;
                *suffix = 0;
                move(name);
            } else if (unborn) {
                off_disk(name, "");
            } else if (!dirty && !is_there(live, name)) {
                off_disk(name, "");
                off_disk(name, ".dirty");
            }
        }
        closedir(folder);
    }
}

static void sync_file(int fd, const char *name, int lose) {
    char page[PAGE], flags[65536];
    int from, to = on_disk(name, "", O_WRONLY), marks = on_disk(name, ".dirty", O_RDWR);
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    if (to < 0) fail("sync");
    if ((from = raw_open(self, O_RDONLY)) < 0) fail("sync");
    if (marks >= 0) {
        ssize_t pages = syscall(SYS_pread64, marks, flags, sizeof flags, (off_t)0);
        if (pages == sizeof flags) fail("the file is too large");
        for (off_t at = 0; at < pages; at++) {
            if (!flags[at]) continue;
            ssize_t got = syscall(SYS_pread64, from, page, sizeof page, at * PAGE);
            if (!lose && got > 0 && syscall(SYS_pwrite64, to, page, (size_t)got, at * PAGE) != got) fail("sync");
            if (syscall(SYS_pwrite64, marks, "\0", (size_t)1, at) != 1) fail("sync");
        }
        raw_close(marks);
    }
    struct stat now;
    if (fstat(from, &now)) fail("sync");
    if (!lose && syscall(SYS_ftruncate, to, now.st_size)) fail("sync");
    raw_close(from);
    raw_close(to);
}
