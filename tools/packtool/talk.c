/* talk.c - see talk.h. */
#include "tools/packtool/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct textbuf line;
static struct json_writer line_writer;

struct block { /* everything lives until the program ends, in one chain */
    struct block *before;
    _Alignas(16) char memory[];
};

static void *keep(size_t size)
{
    static struct block *newest;
    struct block *block = malloc(sizeof *block + size);
    ENSURE(block != NULL);
    block->before = newest;
    newest = block;
    return block->memory;
}

static bool take_number(const char *text, uint64_t max, uint64_t *out_value)
{
    return bytes_to_u64(bytes_of_text(text), max, out_value);
}

static bool take_option(const char *option, const char *value, const char *name_option,
                        struct talk_options *out)
{
    uint64_t number = 0;
    if (strcmp(option, name_option) == 0) out->name = value;
    else if (strcmp(option, "--operation") == 0) out->operation = value;
    else if (strcmp(option, "--task") == 0) out->task = value;
    else if (strcmp(option, "--body") == 0) out->body = value;
    else if (strcmp(option, "--status") == 0 && take_number(value, 599, &number)) {
        out->status = (int)number;
    } else if (strcmp(option, "--retry-after") == 0 && take_number(value, INT32_MAX, &number)) {
        out->retry_after_s = (int64_t)number;
    } else if (strcmp(option, "--exchange") == 0 && take_number(value, 9, &number) && number > 0) {
        out->exchange = (unsigned)number;
    } else return false;
    return true;
}

bool talk_options(int argc, char **argv, const char *name_option, struct talk_options *out)
{
    *out = (struct talk_options){.status = -1, .retry_after_s = -1, .exchange = 1};
    out->verb = argc > 0 ? argv[0] : "";
    bool take = strcmp(out->verb, "take") == 0;
    if (!take && strcmp(out->verb, "build") != 0) {
        fprintf(stderr, "packtool: say build or take\n");
        return false;
    }
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && take_option(argv[i], argv[i + 1], name_option, out)) continue;
        fprintf(stderr, "packtool: %s is not understood\n", argv[i]);
        return false;
    }
    bool whole = out->name != NULL && out->operation != NULL && (!take || out->status >= 0);
    if (!whole) {
        fprintf(stderr, "packtool: %s and --operation are needed%s\n", name_option,
                take ? ", and --status" : "");
    }
    return whole;
}

bool talk_read(const char *path, struct bytes *out_text)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "packtool: %s cannot be read\n", path);
        return false;
    }
    char *text = keep(TALK_FILE_MAX);
    size_t len = fread(text, 1, TALK_FILE_MAX, file);
    if (file != stdin) fclose(file);
    *out_text = bytes_of(text, len);
    return true;
}

struct scratch talk_scratch(size_t text_len)
{
    size_t size = json_scratch_size(text_len);
    return (struct scratch){keep(size), size};
}

bool talk_read_json(const char *path, struct json *out_root)
{
    struct bytes text;
    *out_root = (struct json){NULL};
    if (path == NULL) return true;
    if (!talk_read(path, &text)) return false;
    enum json_problem problem = json_parse(text, talk_scratch(text.len), out_root);
    if (problem != JSON_OK) fprintf(stderr, "packtool: %s: %s\n", path, json_problem_word(problem));
    return problem == JSON_OK;
}

bool talk_response(const struct talk_options *options, struct http_response *out)
{
    *out =
        (struct http_response){.status = options->status, .retry_after_s = options->retry_after_s};
    return options->body == NULL || talk_read(options->body, &out->body);
}

struct json_writer *talk_line_open(void)
{
    textbuf_init(&line, keep(TALK_LINE_MAX), TALK_LINE_MAX);
    json_write_init(&line_writer, &line);
    json_write_open(&line_writer, NULL, '{');
    return &line_writer;
}

void talk_line_print(void)
{
    json_write_close(&line_writer, '}');
    ENSURE(textbuf_ok(&line));
    puts(line.data);
}

void talk_print_request(const struct http_request *request)
{
    struct json_writer *writer = talk_line_open();
    json_write_text(writer, "method", http_method_word(request->method));
    json_write_text(writer, "url", request->url);
    json_write_open(writer, "headers", '{');
    for (size_t i = 0; i < request->header_count; i++) {
        json_write_text(writer, request->headers[i].name, request->headers[i].value);
    }
    json_write_close(writer, '}');
    json_write_bytes(writer, "body", textbuf_bytes(&request->body));
    talk_line_print();
}
